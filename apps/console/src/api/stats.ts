import { queryOptions } from '@tanstack/react-query'
import type { Stats, UnregisteredBuilds } from '@assay/protocol/schemas'
import { call } from './client.ts'

/** Spans of time that the overview shows, how they are divided, and the hours that select the same refusals. */
export const periods = {
  hour: { words: 'Last hour', milliseconds: 3_600_000, by: 'minute', hours: '1' },
  day: { words: 'Last 24 hours', milliseconds: 86_400_000, by: 'hour', hours: '24' },
  month: { words: 'Last 30 days', milliseconds: 30 * 86_400_000, by: 'day', hours: '720' },
} as const
export type Period = keyof typeof periods

/** Milliseconds between two refreshes of a page that is left open. */
const look = 15_000

/** How attestations ended, counted by minutes, hours or days, or by another dimension. */
export const statsQuery = (period: Period, by: string, where: Readonly<Record<string, string>> = {}) =>
  queryOptions({
    queryKey: ['stats', period, by, where],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - periods[period].milliseconds).toISOString()
      const query = new URLSearchParams({ since, by, limit: '1000', ...where })
      return call<Stats>('GET', `v1/stats?${query.toString()}`, { signal, background: true })
    },
    refetchInterval: look,
  })

/** The app with the most judged attestations; null: there are none. */
export function busiestOf(groups: readonly Pick<Stats['groups'][number], 'app' | 'passed' | 'refused'>[]) {
  const [most] = groups.toSorted((a, b) => b.passed + b.refused - (a.passed + a.refused))
  return most?.app ?? null
}

/** The busiest app of the last day, null if there are none; a page that is left open keeps it. */
export const busiestAppQuery = queryOptions({
  queryKey: ['busiest app'],
  queryFn: async ({ signal }) => {
    const since = new Date(Date.now() - periods.day.milliseconds).toISOString()
    const query = new URLSearchParams({ since, by: 'app', limit: '1000' })
    const { groups } = await call<Stats>('GET', `v1/stats?${query.toString()}`, { signal, background: true })
    return busiestOf(groups)
  },
  staleTime: Infinity,
})

/** Milliseconds within which a share of the attestations ended, to the bounds that the service counts by; undefined: unknown. */
export function quantile({ buckets = [] }: Partial<Stats['latency']>, share: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  let below = 0
  for (const { at_most_ms: bound, count } of buckets) {
    below += count
    if (below > 0 && below >= share * total) return bound ?? undefined
  }
  return undefined
}

const hour = 3_600_000

/** Requests of the last hour that got 429 or 503, by the limit that they were beyond. */
export const unservedQuery = statsQuery('hour', 'code', { outcome: 'unserved' })

/** Builds that many devices name and that are not registered, or pending, as the node that answers sees it. */
export const unregisteredBuildsQuery = queryOptions({
  queryKey: ['unregistered-builds'],
  queryFn: ({ signal }) =>
    call<UnregisteredBuilds>('GET', 'v1/unregistered-builds', { signal, background: true }),
  refetchInterval: look,
})

/** Builds of the last hour, and of the day before it: what is normal. */
export const recentBuildsQuery = queryOptions({
  queryKey: ['stats', 'builds', 'recent'],
  queryFn: async ({ signal }) => {
    const recent = Date.now() - hour
    const ask = (since: number, until: number) =>
      call<Stats>(
        'GET',
        `v1/stats?${new URLSearchParams({
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
          by: 'app,build',
          limit: '1000',
        }).toString()}`,
        { signal, background: true },
      )
    const [now, before] = await Promise.all([ask(recent, Date.now() + 1), ask(recent - 24 * hour, recent)])
    return { now, before }
  },
  refetchInterval: 60_000,
})
