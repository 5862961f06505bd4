import { describe, expect, it } from 'vitest'
import { createSecretRepository } from '../../../src/storage/repositories/secrets.repository.ts'
import { createSigningKeyRepository } from '../../../src/storage/repositories/signing-keys.repository.ts'
import { createSealing } from '../../../src/storage/index.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const sealing = createSealing(Buffer.alloc(32, 7))
const otherSealing = createSealing(Buffer.alloc(32, 8))

export function secretRepositorySuite(world: StorageWorld): void {
  const open = async () => createSecretRepository({ db: (await world.open()).db, sealing })

  describe('secrets', () => {
    it('are made once and found again', async () => {
      const secrets = await open()
      expect(await secrets.getOrCreate('mac', () => Buffer.from('first'))).toEqual(Buffer.from('first'))
      expect(await secrets.getOrCreate('mac', () => Buffer.from('second'))).toEqual(Buffer.from('first'))
      expect(await secrets.getOrCreate('epoch', () => Buffer.from('third'))).toEqual(Buffer.from('third'))
    })

    it('are the same for everyone who makes them at once', async () => {
      const first = await open()
      const second = createSecretRepository({ db: (await world.openSecond()).db, sealing })
      for (let round = 0; round < 10; round += 1) {
        const name = `secret-${String(round)}`
        const [one, two] = await Promise.all([
          first.getOrCreate(name, () => Buffer.from('one')),
          second.getOrCreate(name, () => Buffer.from('two')),
        ])
        expect(one).toEqual(two)
      }
    })

    it('are never in the database in plain text', async () => {
      const { db } = await world.open()
      await createSecretRepository({ db, sealing }).getOrCreate('mac', () => Buffer.from('plain as day'))
      const rows = await db.selectFrom('secrets').select('sealed').execute()
      expect(rows.some(({ sealed }) => Buffer.from(sealed).includes('plain'))).toBe(false)
    })

    it('that are given are found, replaced and removed, sealed like the others', async () => {
      const { db } = await world.open()
      const secrets = createSecretRepository({ db, sealing })
      expect(await secrets.find('given')).toBeUndefined()
      await secrets.put('given', Buffer.from('plain as day'))
      await secrets.put('given', Buffer.from('plain as night'))
      expect(await secrets.find('given')).toEqual(Buffer.from('plain as night'))
      const { sealed } = await db.selectFrom('secrets').select('sealed').executeTakeFirstOrThrow()
      expect(Buffer.from(sealed).includes('plain')).toBe(false)
      await secrets.remove('given')
      expect(await secrets.find('given')).toBeUndefined()
    })

    it('do not open under another name', async () => {
      const { db } = await world.open()
      const secrets = createSecretRepository({ db, sealing })
      await secrets.getOrCreate('mac', () => Buffer.from('value'))
      await db.updateTable('secrets').set({ name: 'epoch' }).execute()
      const moved = secrets.getOrCreate('epoch', () => Buffer.from('new'))
      await expect(moved).rejects.toMatchObject({ code: 'STORAGE_SEALED_VALUE' })
    })
  })

  describe('the sealing key', () => {
    it('is accepted again and again', async () => {
      const secrets = await open()
      await secrets.verifySealingKey()
      await secrets.getOrCreate('mac', () => Buffer.from('value'))
      await secrets.verifySealingKey()
    })

    it('is refused if it is a different key', async () => {
      const { db } = await world.open()
      await createSecretRepository({ db, sealing }).verifySealingKey()
      const other = createSecretRepository({ db, sealing: otherSealing })
      await expect(other.verifySealingKey()).rejects.toMatchObject({ code: 'STORAGE_SEALING_KEY' })
    })

    it('is refused when the check value has gone but sealed values have not', async () => {
      const { db } = await world.open()
      const secrets = createSecretRepository({ db, sealing })
      await secrets.getOrCreate('mac', () => Buffer.from('value'))
      await expect(secrets.verifySealingKey()).rejects.toMatchObject({ code: 'STORAGE_SEALING_KEY' })
      await db.deleteFrom('secrets').execute()
      const now = new Date('2026-01-01T00:00:00.000Z')
      const key = { kid: 'k', number: 1, alg: 'ES256' as const, pkcs8: Buffer.from('key'), retireAt: null }
      await createSigningKeyRepository({ db, sealing }).insert({ ...key, createdAt: now, activateAt: now })
      await expect(secrets.verifySealingKey()).rejects.toMatchObject({ code: 'STORAGE_SEALING_KEY' })
    })

    it('is settled by one of two nodes that start at once', async () => {
      const first = await open()
      const second = createSecretRepository({ db: (await world.openSecond()).db, sealing: otherSealing })
      const outcomes = await Promise.allSettled([first.verifySealingKey(), second.verifySealingKey()])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    })
  })
}
