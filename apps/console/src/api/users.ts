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

/** Users of some builds, over time: asked for one by one, so that however many there are, these are complete. */
export const userTrendQuery = (app: string, builds: readonly string[], hours: RolloutHours) =>
  queryOptions({
    queryKey: ['users', app, builds, hours],
    queryFn: async ({ signal }) => {
      const by = `build,${rolloutSpans[hours].by}`
      const since = sinceOf(hours)
      const stats = builds.map((build) => {
        const query = new URLSearchParams({ app, build, by, since, limit: '1000' })
        const path = `v1/stats/installations?${query.toString()}`
        return call<InstallationStats>('GET', path, { signal, background: true })
      })
      return (await Promise.all(stats)).flatMap(({ groups }) => groups)
    },
    refetchInterval: 60_000,
  })
