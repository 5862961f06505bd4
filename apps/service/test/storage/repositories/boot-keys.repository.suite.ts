import type { BootKeySet } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { createBootKeyRepository } from '../../../src/storage/repositories/boot-keys.repository.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }
const strict = { mayBeOlder: false, most: 3 }
const key = (byte: string) => byte.repeat(32)

const setOf = (system: string, day: string, ...keys: string[]): BootKeySet => ({
  system,
  source: 'https://example.org/attestation.json',
  sha256: key('d0'),
  published_at: `2026-04-${day}T00:00:00.000Z`,
  given_at: '2026-11-26T12:00:00.000Z',
  keys,
})

export function bootKeyRepositorySuite(world: StorageWorld): void {
  const open = async () => createBootKeyRepository({ db: (await world.open()).db })

  describe('boot keys', () => {
    it('are replaced as a set, and come back as they were given', async () => {
      const store = await open()
      const first = setOf('graphene', '20', key('01'), key('02'))
      const second = { ...setOf('graphene', '21', key('02')), sha256: key('d1') }
      expect(await store.put(first, strict)).toEqual({ before: undefined })
      expect(await store.find('graphene')).toEqual(first)
      expect(await store.put(second, strict)).toEqual({ before: first })
      expect(await store.list(all)).toEqual([second])
      expect(await store.put(second, strict)).toEqual({ before: second })
      expect(await store.remove('graphene')).toEqual(second)
      expect(await store.remove('graphene')).toBeUndefined()
      expect(await store.find('graphene')).toBeUndefined()
      expect(await store.all()).toEqual(new Map())
    })

    it('are listed by system, and known together with the newest list that names each', async () => {
      const store = await open()
      await store.put(setOf('b', '22', key('01'), key('02')), strict)
      await store.put(setOf('a', '20', key('02'), key('03')), strict)
      expect((await store.list({ after: undefined, limit: 1 })).map(({ system }) => system)).toEqual(['a'])
      expect((await store.list({ after: 'a', limit: 5 })).map(({ system }) => system)).toEqual(['b'])
      const at = (day: string) => BigInt(Date.parse(`2026-04-${day}T00:00:00Z`) / 1000)
      expect(await store.all()).toEqual(
        new Map([
          [key('01'), at('22')],
          [key('02'), at('22')],
          [key('03'), at('20')],
        ]),
      )
    })

    it('that were published earlier take no place, unless they may', async () => {
      const store = await open()
      const [older, newer] = [setOf('a', '20', key('01')), setOf('a', '21', key('02'))]
      await store.put(newer, strict)
      expect(await store.put(older, strict)).toBe('older')
      expect(await store.rehearse(older, strict)).toBe('older')
      expect(await store.find('a')).toEqual(newer)
      expect(await store.put(older, { ...strict, mayBeOlder: true })).toEqual({ before: newer })
      expect(await store.find('a')).toEqual(older)
    })

    it('of one system more than may be are refused, and those that are there stay changeable', async () => {
      const store = await open()
      for (const system of ['a', 'b', 'c']) await store.put(setOf(system, '20', key('01')), strict)
      expect(await store.put(setOf('d', '20', key('04')), strict)).toBe('full')
      expect(await store.rehearse(setOf('d', '20', key('04')), strict)).toBe('full')
      expect(await store.find('d')).toBeUndefined()
      expect(await store.put(setOf('c', '21', key('02')), strict)).toMatchObject({ before: { system: 'c' } })
    })

    it('are not changed by a rehearsal', async () => {
      const store = await open()
      const set = setOf('a', '20', key('01'))
      expect(await store.rehearse(set, strict)).toEqual({ before: undefined })
      expect(await store.find('a')).toBeUndefined()
      await store.put(set, strict)
      expect(await store.rehearse(setOf('a', '21', key('02')), strict)).toEqual({ before: set })
      expect(await store.find('a')).toEqual(set)
    })
  })
}
