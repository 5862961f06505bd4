import { queryOptions } from '@tanstack/react-query'
import type { InstallationStats, Rollout } from '@assay/protocol/schemas'
import { call, segment } from './client.ts'

const hour = 3_600_000

/** How far a roll-out is looked at: the hours, and what they are divided into. */
export const rolloutSpans = {
  6: { words: 'Last 6 hours', by: 'hour' },
  24: { words: 'Last 24 hours', by: 'hour' },
  168: { words: 'Last 7 days', by: 'day' },
} as const
export type RolloutHours = keyof typeof rolloutSpans

const sinceOf = (hours: RolloutHours) => new Date(Date.now() - hours * hour).toISOString()

/** What a build does to users; the newest, unless one is named. */
export const rolloutQuery = (app: string, build: string, hours: RolloutHours) =>
  queryOptions({
    queryKey: ['rollout', app, build, hours],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ since: sinceOf(hours), ...(build === '' ? {} : { build }) })
      const path = `v1/apps/${segment(app)}/rollout?${query.toString()}`
      return call<Rollout>('GET', path, { signal, background: true })
    },
    refetchInterval: 60_000,
  })

/** Users of each build of an app, over time. */
export const userTrendQuery = (app: string, hours: RolloutHours) =>
  queryOptions({
    queryKey: ['users', app, hours],
    queryFn: ({ signal }) => {
      const by = `build,${rolloutSpans[hours].by}`
      const query = new URLSearchParams({ app, by, since: sinceOf(hours), limit: '1000' })
      return call<InstallationStats>('GET', `v1/stats/installations?${query.toString()}`, {
        signal,
        background: true,
      })
    },
    refetchInterval: 60_000,
  })
