import type { Api, AttestationTrace, BuildSummary, ShownTrace, Stats } from '@assay/protocol/schemas'
import type { Clock } from '../system/ports.ts'
import type { StatsQuery } from './fleet/stats.usecases.ts'
import type { ActivityStore } from './ports.ts'

export interface TraceSummaryDependencies {
  stats: (query: StatsQuery) => Promise<Stats>
  findBuild: (app: string, build: string) => Promise<BuildSummary | undefined>
  activity: Pick<ActivityStore, 'lastSeen'>
  /** APIs that name an app. */
  apisOf: (app: string) => Promise<readonly Api[]>
  clock: Clock
}

export type TraceSummary = Pick<ShownTrace, 'recent' | 'registered_build' | 'apis'>
export type SummariseTrace = (
  trace: Pick<AttestationTrace, 'app' | 'build' | 'code'>,
) => Promise<TraceSummary>

/** Milliseconds. Minutes are counted separately for longer than both. */
const lately = 15 * 60_000
const day = 24 * 3_600_000
/** Codes that one build can have within a day. */
const mostCodes = 1_000

/** Figures that tell a fault of one device from a fault of all. Every key that may see a trace gets them, without the rest of the registration. */
export function createTraceSummary({
  stats,
  findBuild,
  activity,
  apisOf,
  clock,
}: TraceSummaryDependencies): SummariseTrace {
  const registered = async (app: string, id: string): Promise<TraceSummary['registered_build']> => {
    const build = await findBuild(app, id)
    if (build === undefined) return null
    const { state, version_code, version_name, created_at } = build
    return {
      ...{ state, version_code, version_name, created_at },
      last_seen_at: (await activity.lastSeen(app, id)) ?? null,
    }
  }
  return async ({ app, build, code }) => {
    const counts = async (since: number, until: number) => {
      const times = { since: new Date(since).toISOString(), until: new Date(until).toISOString() }
      const { groups } = await stats({ ...times, by: ['code'], where: { app, build }, limit: mostCodes })
      const sum = (name: 'passed' | 'refused', of = groups) => of.reduce((all, group) => all + group[name], 0)
      const alike = groups.filter((group) => group.code === code)
      return { passed: sum('passed'), refused: sum('refused'), alike: sum('refused', alike) }
    }
    const now = clock()
    const start = now - lately
    // A minute that is partly within counts, and is counted once.
    const border = start - (start % 60_000)
    return {
      recent: { now: await counts(border, now + 1), before: await counts(border - day, border) },
      registered_build: await registered(app, build),
      apis: (await apisOf(app)).map(({ audience, tiers, enforcement, policy, allow_listed }) => ({
        ...{ audience, tiers, enforcement, policy, allow_listed },
      })),
    }
  }
}
