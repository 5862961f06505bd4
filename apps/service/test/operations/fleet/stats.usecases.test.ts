import { describe, expect, it } from 'vitest'
import type { FleetStore } from '../../../src/operations/fleet/ports.ts'
import { createStatsUseCases } from '../../../src/operations/fleet/stats.usecases.ts'

const hour = 3_600_000
const day = 24 * hour
const now = 500 * day + 5 * hour + 7

function world() {
  const condensed: unknown[] = []
  let asked = 0
  const fleet: FleetStore = {
    add: async () => undefined,
    groups: async () => {
      asked += 1
      return []
    },
    latencies: async () => [],
    condense: async (before) => void condensed.push(before),
  }
  const stats = createStatsUseCases({ fleet, counts: { flush: async () => undefined }, clock: () => now })
  return { stats, condensed, asked: () => asked }
}

describe('counts of attestations', () => {
  const begins = { minutes: 499 * day + 3 * hour, hours: 465 * day }

  it('become coarser with age', async () => {
    const { stats, condensed } = world()
    await stats.condense()
    expect(condensed).toEqual([{ ...begins, days: now - 400 * day }])
  })

  it.each([
    ['minute', begins.minutes],
    ['hour', begins.hours],
  ] as const)('by the %s are refused for a time of which only longer spans are kept', async (span, begin) => {
    const { stats, asked } = world()
    const query = (since: number) => ({
      ...{ by: ['app', span] as const, where: {}, limit: 9 },
      since: new Date(since).toISOString(),
    })
    await expect(stats.stats(query(begin - 1))).rejects.toMatchObject({ code: 'span_too_fine' })
    expect(asked()).toBe(0)
    expect((await stats.stats(query(begin))).groups).toEqual([])
    expect((await stats.stats({ ...query(0), by: ['app', 'day'] })).groups).toEqual([])
    expect((await stats.stats({ ...query(0), by: ['app'] })).groups).toEqual([])
  })
})
