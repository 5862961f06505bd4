import { describe, expect, it } from 'vitest'
import { createSigningKeyUseCases } from '../../../src/operations/signing-keys.usecases.ts'
import { createSigningKeyRepository } from '../../../src/storage/repositories/signing-keys.repository.ts'
import type { StoredSigningKey } from '../../../src/operations/ports.ts'
import { createSealing } from '../../../src/storage/index.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const sealing = createSealing(Buffer.alloc(32, 7))

function exampleKey(number: number, more: Partial<StoredSigningKey> = {}): StoredSigningKey {
  return {
    kid: `kid-${String(number)}`,
    number,
    alg: 'ES256',
    pkcs8: Buffer.from(`private key ${String(number)}`),
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    activateAt: new Date('2026-01-02T00:00:00.000Z'),
    retireAt: null,
    ...more,
  }
}

export function signingKeyRepositorySuite(world: StorageWorld): void {
  const open = async () => createSigningKeyRepository({ db: (await world.open()).db, sealing })

  describe('signing keys', () => {
    it('come back in the order they were made', async () => {
      const keys = await open()
      const [first, second] = [
        exampleKey(1, { retireAt: new Date('2026-02-01T00:00:00.000Z') }),
        exampleKey(2),
      ]
      expect(await keys.insert(second)).toBe('ok')
      expect(await keys.insert(first)).toBe('ok')
      expect(await keys.list()).toEqual([first, second])
    })

    it('are replaced all at once, or not at all', async () => {
      const keys = await open()
      const [at, earlier] = [new Date('2026-03-01T00:00:00.000Z'), new Date('2026-02-01T00:00:00.000Z')]
      const ended = exampleKey(1, { retireAt: earlier })
      for (const key of [
        ended,
        exampleKey(2),
        exampleKey(3, { retireAt: new Date('2026-04-01T00:00:00.000Z') }),
      ])
        await keys.insert(key)
      expect(await keys.replaceAll(exampleKey(3), at)).toBe('exists')
      expect((await keys.list()).map(({ retireAt }) => retireAt?.getMonth())).toEqual([1, undefined, 3])
      expect(await keys.replaceAll(exampleKey(4), at)).toEqual(['kid-2', 'kid-3'])
      expect((await keys.list()).map(({ retireAt }) => retireAt)).toEqual([earlier, at, at, null])
    })

    it('refuse a number or a key id twice', async () => {
      const keys = await open()
      await keys.insert(exampleKey(1))
      expect(await keys.insert(exampleKey(1, { kid: 'other' }))).toBe('exists')
      expect(await keys.insert(exampleKey(2, { kid: 'kid-1' }))).toBe('exists')
      expect(await keys.list()).toEqual([exampleKey(1)])
    })

    it('are never in the database in plain text, and do not open under another name', async () => {
      const { db } = await world.open()
      const keys = createSigningKeyRepository({ db, sealing })
      await keys.insert(exampleKey(1))
      const row = await db.selectFrom('signing_keys').select('sealed').executeTakeFirstOrThrow()
      expect(Buffer.from(row.sealed).includes('private')).toBe(false)
      await db.updateTable('signing_keys').set({ kid: 'kid-2' }).execute()
      await expect(keys.list()).rejects.toMatchObject({ code: 'STORAGE_SEALED_VALUE' })
    })

    it('end when it is planned, or earlier, and never later', async () => {
      const keys = await open()
      await keys.insert(exampleKey(1))
      const planned = new Date('2026-03-01T00:00:00.000Z')
      const withdrawn = new Date('2026-02-01T00:00:00.000Z')
      expect(await keys.retire('kid-1', planned)).toBe(true)
      expect(await keys.list()).toEqual([exampleKey(1, { retireAt: planned })])
      expect(await keys.retire('kid-1', withdrawn)).toBe(true)
      expect(await keys.retire('kid-1', planned)).toBe(false)
      expect(await keys.list()).toEqual([exampleKey(1, { retireAt: withdrawn })])
      expect(await keys.retire('kid-2', planned)).toBe(false)
    })

    it('are all replaced by a rotation, on either of two nodes that rotate at once', async () => {
      const first = await open()
      const second = createSigningKeyRepository({ db: (await world.openSecond()).db, sealing })
      const clock = () => Date.UTC(2026, 0, 1)
      const nodes = [first, second].map((signingKeys) => createSigningKeyUseCases({ signingKeys, clock }))
      for (const node of nodes) await node.refresh()
      const before = nodes[0]?.signing().kid
      await Promise.all(nodes.map((node) => node.rotate()))
      for (const node of nodes) await node.refresh()
      const [one, other] = nodes.map((node) => node.jwks().keys.map(({ kid }) => kid))
      expect(one).toHaveLength(1)
      expect(one).toEqual(other)
      expect(one).not.toContain(before)
      expect(nodes[1]?.signing().kid).toBe(one?.[0])
    })

    it('are made by one of two nodes that make the next at once', async () => {
      const first = await open()
      const second = createSigningKeyRepository({ db: (await world.openSecond()).db, sealing })
      const outcomes = await Promise.all([
        first.insert(exampleKey(1, { kid: 'one' })),
        second.insert(exampleKey(1, { kid: 'two' })),
      ])
      expect([...outcomes].sort()).toEqual(['exists', 'ok'])
      expect(await first.list()).toHaveLength(1)
    })
  })
}
