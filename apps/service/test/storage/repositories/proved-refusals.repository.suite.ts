import { describe, expect, it } from 'vitest'
import { createProvedRefusalRepository } from '../../../src/storage/repositories/proved-refusals.repository.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const now = Date.UTC(2026, 11, 3)
const whole = { app: 'com.example.app', build: '2', osVersion: '' }
const system = { ...whole, osVersion: 'Android 16' }

export function provedRefusalRepositorySuite(world: StorageWorld): void {
  const open = async () => createProvedRefusalRepository({ db: (await world.open()).db })

  describe('senders that a build refused', () => {
    it('are counted by build, and by system with it, each once', async () => {
      const refusals = await open()
      const some = (name: typeof whole, senders: number[], at = now) =>
        senders.map((sender) => ({ ...name, sender, at }))
      await refusals.add([...some(whole, [1, 2, 2 ** 48 - 1]), ...some(system, [1])])
      await refusals.add(some(whole, [1, 1], now + 5))
      expect(await refusals.counts(10)).toEqual([
        { ...whole, senders: 3 },
        { ...system, senders: 1 },
      ])
      expect(await refusals.counts(1)).toEqual([{ ...whole, senders: 3 }])
      await refusals.clear(whole, now)
      expect(await refusals.counts(10)).toEqual([
        { ...whole, senders: 1 },
        { ...system, senders: 1 },
      ])
      await refusals.prune(now + 1)
      expect(await refusals.counts(10)).toEqual([{ ...whole, senders: 1 }])
    })
  })
}
