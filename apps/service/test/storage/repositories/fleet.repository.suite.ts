import { describe, expect, it } from 'vitest'
import type { CountQuery, MinuteCount } from '../../../src/operations/fleet/ports.ts'
import { createFleetRepository, rowsPerMerge } from '../../../src/storage/repositories/fleet.repository.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** The start of a day. */
const start = 20_000 * day

const counted = (at: number, more: Partial<MinuteCount> = {}): MinuteCount => ({
  minute: at,
  app: 'com.a1',
  build: '1',
  platform: 'android',
  outcome: 'passed',
  tier: 'affirming',
  code: '',
  evidence: 'android-key-attestation',
  policy: 'balanced@1',
  abi: '',
  variant: '',
  count: 1,
  ...more,
})

const everything: CountQuery = {
  since: 0,
  until: start + 400 * day,
  by: [],
  span: undefined,
  where: {},
  limit: 100,
}

export function fleetRepositorySuite(world: StorageWorld): void {
  const open = async () => createFleetRepository(await world.open())

  describe('counts of the fleet', () => {
    it('add up, whoever adds them', async () => {
      const fleet = await open()
      await fleet.add([counted(start), counted(start, { build: '2', count: 5 })], [])
      await fleet.add([counted(start), counted(start, { outcome: 'refused', code: 'C', count: 2 })], [])
      expect(await fleet.groups({ ...everything, by: ['build', 'code'] })).toEqual([
        { build: '2', code: '', passed: 5, refused: 0, malfunctions: 0, reported: 0 },
        { build: '1', code: '', passed: 2, refused: 0, malfunctions: 0, reported: 0 },
        { build: '1', code: 'C', passed: 0, refused: 2, malfunctions: 0, reported: 0 },
      ])
      expect(await fleet.groups({ ...everything, limit: 1, where: { outcome: 'refused' } })).toMatchObject([
        { refused: 2 },
      ])
    })

    it('tell who must enrol first from who is refused', async () => {
      const fleet = await open()
      await fleet.add([counted(start), counted(start, { outcome: 'must_enrol', count: 3 })], [])
      expect(await fleet.groups(everything)).toEqual([
        { passed: 1, refused: 0, must_enrol: 3, malfunctions: 0, reported: 0 },
      ])
    })

    it('of nothing are none', async () => {
      const fleet = await open()
      expect(await fleet.groups({ ...everything, by: ['app'] })).toEqual([])
      expect(await fleet.groups(everything)).toEqual([
        { passed: 0, refused: 0, malfunctions: 0, reported: 0 },
      ])
    })

    it('are grouped by spans of time, the newest first, within what is asked for', async () => {
      const fleet = await open()
      await fleet.add(
        [0, 1, 61, 62, 63].map((i) => counted(start + i * minute)),
        [],
      )
      expect(await fleet.groups({ ...everything, span: 'hour' })).toMatchObject([
        { at: start + hour, passed: 3 },
        { at: start, passed: 2 },
      ])
      const range = { since: start + minute, until: start + 62 * minute }
      expect(await fleet.groups({ ...everything, ...range, by: ['app'] })).toMatchObject([{ passed: 2 }])
    })

    it('become coarser and end, and lose nothing before', async () => {
      const fleet = await open()
      const times = [0, 1, 59, 60, 24 * 60, 48 * 60].map((i) => start + i * minute)
      await fleet.add(
        times.map((at) => counted(at)),
        times.map((at) => ({ minute: at, app: 'com.a1', outcome: 'passed', atMost: 2.5, count: 1 })),
      )
      const all = { since: 0, until: start + 400 * day, where: { app: 'com.a1' } }
      await fleet.condense({ minutes: start + 47 * hour, hours: start + day, days: start })
      expect(await fleet.groups({ ...everything, span: 'minute' })).toMatchObject([
        { at: start + 48 * hour, passed: 1 },
        { at: start + day, passed: 1 },
        { at: start, passed: 4 },
      ])
      expect(await fleet.latencies(all)).toEqual([{ atMost: 2.5, count: 6 }])
      // Again, what is there stays.
      await fleet.add([counted(start)], [])
      await fleet.condense({ minutes: start + 47 * hour, hours: start + day, days: start })
      expect(await fleet.groups({ ...everything, span: 'day' })).toMatchObject([
        { at: start + 2 * day, passed: 1 },
        { at: start + day, passed: 1 },
        { at: start, passed: 5 },
      ])
      await fleet.condense({ minutes: start + 47 * hour, hours: start + day, days: start + day })
      expect(await fleet.groups(everything)).toMatchObject([{ passed: 2 }])
      expect(await fleet.latencies(all)).toEqual([{ atMost: 2.5, count: 2 }])
    })

    it('become coarser a few rows at a time, so that nobody waits for long', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      const fleet = createFleetRepository({ db: db.withPlugin(removals) })
      const builds = Array.from({ length: rowsPerMerge + 10 }, (_, i) => `${i}`)
      const latency = { app: 'com.a1', outcome: 'passed', atMost: 2.5, count: 1 }
      for (const at of [start, start + minute, start + hour])
        await fleet.add(
          builds.map((build) => counted(at, { build })),
          [{ ...latency, minute: at }],
        )
      await fleet.condense({ minutes: start + hour, hours: 0, days: 0 })
      expect(removals.rows).toEqual([rowsPerMerge, rowsPerMerge, 20, 2])
      const hours = await fleet.groups({ ...everything, until: start + hour, by: ['build'], limit: 1_000 })
      expect(hours).toHaveLength(builds.length)
      expect(new Set(hours.map(({ passed }) => passed))).toEqual(new Set([2]))
      expect(await fleet.groups(everything)).toMatchObject([{ passed: 3 * builds.length }])
      const all = { since: 0, until: start + day, where: {} }
      expect(await fleet.latencies(all)).toEqual([{ atMost: 2.5, count: 3 }])
      await fleet.condense({ minutes: start + day, hours: start + day, days: 0 })
      const before = removals.rows.length
      await fleet.condense({ minutes: start + day, hours: start + day, days: start + day })
      expect(removals.rows.slice(before)).toEqual([rowsPerMerge, 10, 1])
      expect(await fleet.groups(everything)).toMatchObject([{ passed: 0 }])
    })
  })
}
