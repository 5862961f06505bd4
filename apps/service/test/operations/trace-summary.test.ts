import type { Stats } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import type { StatsQuery } from '../../src/operations/fleet/stats.usecases.ts'
import { createTraceSummary } from '../../src/operations/trace-summary.ts'

const now = Date.parse('2026-12-01T12:34:56Z')
const trace = { app: 'com.example.app', build: '1', code: 'TIER_NOT_ADMITTED' }

it('counts the build in the last 15 minutes and on the day before, and no minute twice', async () => {
  const read: StatsQuery[] = []
  const group = { passed: 3, refused: 0, malfunctions: 0, reported: 0 }
  const groups: Stats['groups'] = [
    { ...group, code: '' },
    { ...group, code: trace.code, passed: 0, refused: 4 },
    { ...group, code: 'OTHER', passed: 0, refused: 5, unproven: 1_000 },
  ]
  const summarise = createTraceSummary({
    async stats(query) {
      read.push(query)
      return { groups } as Stats
    },
    findBuild: async () => undefined,
    activity: { lastSeen: async () => undefined },
    apisOf: async () => [],
    clock: () => now,
  })
  expect(await summarise(trace)).toEqual({
    recent: { now: { passed: 3, refused: 9, alike: 4 }, before: { passed: 3, refused: 9, alike: 4 } },
    registered_build: null,
    apis: [],
  })
  expect(read.map(({ since, until, where }) => [since, until, where])).toEqual([
    ['2026-12-01T12:19:00.000Z', '2026-12-01T12:34:56.001Z', { app: trace.app, build: '1' }],
    ['2026-11-30T12:19:00.000Z', '2026-12-01T12:19:00.000Z', { app: trace.app, build: '1' }],
  ])
})
