import type { Stats } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import type { FleetCounts } from './fleet-counts.ts'
import {
  latencyBounds,
  spans,
  type CountQuery,
  type Dimension,
  type FleetStore,
  type LatencyCount,
  type Span,
} from './ports.ts'

/** Milliseconds for which counts are kept per minute, per hour, and in total. */
const kept = { minutes: 26 * spans.hour, hours: 35 * spans.day, days: 400 * spans.day }

interface StatsDependencies {
  fleet: FleetStore
  counts: Pick<FleetCounts, 'flush'>
  clock: Clock
}

const beginningOf = (span: number, now: number, age: number): number => now - age - ((now - age) % span)

/** Since when counts are kept per minute, and per hour. */
const keptSince = (now: number) => ({
  minute: beginningOf(spans.hour, now, kept.minutes),
  hour: beginningOf(spans.day, now, kept.hours),
  day: -Infinity,
})

/** The query, with times in RFC 3339. */
export interface StatsQuery {
  since?: string | undefined
  until?: string | undefined
  by: readonly (Dimension | Span)[]
  where: CountQuery['where']
  limit: number
}

export type StatsUseCases = ReturnType<typeof createStatsUseCases>

/** How attestations ended, across the whole fleet. */
export function createStatsUseCases({ fleet, counts, clock }: StatsDependencies) {
  return {
    /** By default for the last 24 hours. @throws ProblemError `span_too_fine` */
    async stats({ by, where, limit, ...requested }: StatsQuery): Promise<Stats> {
      const until = requested.until === undefined ? clock() + 1 : Date.parse(requested.until)
      const since = requested.since === undefined ? until - spans.day : Date.parse(requested.since)
      const range = { since, until, where }
      const span = by.find(isSpan)
      if (span !== undefined && since < keptSince(clock())[span]) throw new ProblemError('span_too_fine')
      // The answer includes what this process has just counted.
      await counts.flush()
      const groups = await fleet.groups({
        ...range,
        by: by.filter((name): name is Dimension => !isSpan(name)),
        span,
        limit: limit + 1,
      })
      return {
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
        groups: groups
          .slice(0, limit)
          .map(({ at, ...group }) =>
            at === undefined ? group : { ...group, at: new Date(at).toISOString() },
          ),
        truncated: groups.length > limit,
        latency: latencyOf(await fleet.latencies(range)),
      }
    },
    /** Makes older counts coarser, and removes the oldest. */
    condense(): Promise<void> {
      const now = clock()
      const { minute, hour } = keptSince(now)
      return fleet.condense({ minutes: minute, hours: hour, days: now - kept.days })
    },
  }
}

const isSpan = (name: Dimension | Span): name is Span => Object.hasOwn(spans, name)

function latencyOf(counted: readonly LatencyCount[]): Stats['latency'] {
  const bounds = [...latencyBounds, null]
  const buckets = bounds.map((bound) => ({
    at_most_ms: bound,
    count: counted.find(({ atMost }) => atMost === bound)?.count ?? 0,
  }))
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  const quantile = (share: number): number | null => {
    let below = 0
    for (const { at_most_ms: bound, count } of buckets) {
      below += count
      if (below > 0 && below >= share * total) return bound
    }
    return null
  }
  return { buckets, p50_ms: quantile(0.5), p90_ms: quantile(0.9), p99_ms: quantile(0.99) }
}
