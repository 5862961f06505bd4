import type { InstallationStats } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import { spans, type Span } from '../fleet/ports.ts'
import { countOf, isExact } from './distinct.ts'
import { otherValues, type UserCount, type UserDimension, type UserNumbers, type UserStore } from './ports.ts'
import { standardError } from './sketch.ts'
import { hourLength, type UserCounts } from './user-counts.ts'
import { sizeOf, united } from './user-count.ts'

/** What the counts of an app can be grouped by, and narrowed to. */
export const userNames = ['build', 'os_version', 'tier', 'code'] as const
export type UserName = (typeof userNames)[number]

/** Milliseconds for which counts are kept per hour, and in total. */
const kept = { hours: 14 * spans.day, days: 400 * spans.day }

/** Groups that wait until those that are not shown are left out, as a multiple of what is. */
const leftAt = 4

/** Builds whose numbers are in the metrics. */
const mostMeasured = 200

interface UserDependencies {
  store: UserStore
  counts: Pick<UserCounts, 'flush'>
  clock: Clock
}

/** The query, with times in RFC 3339. */
export interface UserStatsQuery {
  since?: string | undefined
  until?: string | undefined
  by: readonly UserName[]
  span?: Exclude<Span, 'minute'> | undefined
  app?: string | undefined
  where: Readonly<Partial<Record<UserName, string>>>
  limit: number
}

/** Counts of one group, united over the time that was asked for. */
export type UserGroup = UserCount & { app: string; at: number | undefined }

/** When the span began in which counts of this time are kept: nothing is counted more finely. */
export function spanStart(at: number, now: number): number {
  const span = at < daysBegin(now) ? spans.day : spans.hour
  return Math.floor(at / span) * span
}

/** Hours before are united into days. */
const daysBegin = (now: number): number => Math.floor((now - kept.hours) / spans.day) * spans.day

/** What is read for one app. */
export interface Read {
  app: string
  since: number
  until: number
  by: readonly UserName[]
  where: UserStatsQuery['where']
  span?: Span | undefined
}

export type UserUseCases = ReturnType<typeof createUserUseCases>

/** How many users passed and were refused: different installations, each of which has proved possession of its key. */
export function createUserUseCases({ store, counts, clock }: UserDependencies) {
  let measured: readonly Measured[] = []
  /** The groups of one span after the other: only those of one are in memory with their members. */
  async function* bySpan({ app, since, until, by, where, span }: Read): AsyncIterable<UserGroup[]> {
    const dimension = dimensionOf([...by, ...(Object.keys(where) as UserName[])])
    if (dimension === undefined) return
    const { value, code } = narrowed(dimension, where)
    let groups = new Map<string, UserGroup>()
    let reading: number | undefined
    for await (const count of store.read({ app, dimension, value, code, since, until })) {
      const at = span === undefined ? undefined : count.at - (count.at % spans[span])
      if (at !== reading && groups.size > 0) {
        yield [...groups.values()]
        groups = new Map()
      }
      reading = at
      const shown = shownBy(by, count)
      const name = `${shown.value}\n${shown.code}`
      const known = groups.get(name)
      const { passed, refused } = count
      groups.set(
        name,
        known === undefined
          ? { app, at, dimension, ...shown, passed, refused }
          : { ...known, ...united(known, count) },
      )
    }
    yield [...groups.values()]
  }
  const groupsOf = async (read: Omit<Read, 'span'>): Promise<UserGroup[]> => {
    const groups: UserGroup[] = []
    for await (const some of bySpan(read)) groups.push(...some)
    return groups.sort((a, b) => sizeOf(b) - sizeOf(a))
  }

  return {
    /** The largest first. */
    groupsOf,
    /** The answer includes what this process has just counted. */
    flush: () => counts.flush(),
    /** By default for the last 24 hours. @throws ProblemError `span_too_fine` */
    async installations({
      by,
      span,
      app,
      where,
      limit,
      ...requested
    }: UserStatsQuery): Promise<InstallationStats> {
      const until = requested.until === undefined ? clock() + 1 : Date.parse(requested.until)
      const since = requested.since === undefined ? until - spans.day : Date.parse(requested.since)
      if (span === 'hour' && since < daysBegin(clock())) throw new ProblemError('span_too_fine')
      await counts.flush()
      const groups: { at: number; size: number; shown: ShownGroup }[] = []
      const leaveFirst = () =>
        groups.sort((a, b) => b.at - a.at || b.size - a.size).splice(limit + 1, groups.length)
      const addSome = (some: readonly UserGroup[]) => {
        for (const group of some)
          groups.push({ at: group.at ?? 0, size: sizeOf(group), shown: shownGroup(group, by) })
        // However long the time and however many apps, few wait in memory that are not shown.
        if (groups.length > leftAt * (limit + 1)) leaveFirst()
      }
      for (const id of app === undefined ? await store.apps() : [app])
        for await (const some of bySpan({ app: id, since, until, by, where, span })) addSome(some)
      leaveFirst()
      return {
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
        groups: groups.slice(0, limit).map(({ shown }) => shown),
        truncated: groups.length > limit,
        standard_error: standardError,
      }
    },
    /** Makes older counts coarser, and removes the oldest. */
    condense(): Promise<void> {
      const now = clock()
      const start = (age: number, span: number) => now - age - ((now - age) % span)
      return store.condense({
        exact: start(hourLength, spans.hour),
        hours: daysBegin(now),
        days: start(kept.days, spans.day),
      })
    },
    /** Reads the numbers of the last hour that is over, for the metrics. */
    async measure(): Promise<void> {
      const now = clock()
      const hour = now - (now % hourLength) - hourLength
      const apps = await store.numbers(hour, 'app', mostMeasured)
      const builds = await store.numbers(hour, 'build', mostMeasured)
      measured = [...apps, ...builds.filter(({ value }) => value !== otherValues)]
    },
    /** Of the last hour that is over, as of the last {@link measure}: apps, and the largest builds. */
    measured: () => measured,
  }
}

/** One number of an app, or of a build. */
export type Measured = Pick<UserNumbers, 'dimension' | 'value' | 'passed' | 'refused'> & { app: string }

/** What counts are read, for names that a query groups by or narrows to; undefined: there are none by both. */
export function dimensionOf(names: readonly UserName[]): UserDimension | undefined {
  const distinct = [...new Set(names)].sort()
  if (distinct.length === 0) return 'app'
  if (distinct.length === 1) return distinct[0]
  return distinct.join() === 'build,code' ? 'build_code' : undefined
}

function narrowed(dimension: UserDimension, where: UserStatsQuery['where']) {
  if (dimension === 'app') return { value: undefined, code: undefined }
  if (dimension === 'build_code') return { value: where.build, code: where.code }
  return { value: where[dimension], code: undefined }
}

/** Value and code without what is not grouped by. */
function shownBy(by: readonly UserName[], { dimension, value, code }: UserCount) {
  if (dimension !== 'build_code') return { value: by.length > 0 ? value : '', code: '' }
  return { value: by.includes('build') ? value : '', code: by.includes('code') ? code : '' }
}

type ShownGroup = InstallationStats['groups'][number]

function shownGroup(group: UserGroup, by: readonly UserName[]): ShownGroup {
  const { app, at, dimension, value, code } = group
  const isOther = value === otherValues || code === otherValues
  const names: Partial<Record<UserName, string>> = {}
  if (!isOther)
    for (const name of by) names[name] = dimension === 'build_code' && name === 'code' ? code : value
  return {
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    app,
    ...names,
    ...(isOther ? { other: true as const } : {}),
    ...numbersOf(group),
  }
}

/** As answers show them. */
export const numbersOf = ({ passed, refused }: Pick<UserCount, 'passed' | 'refused'>) => ({
  passed: countOf(passed),
  refused: countOf(refused),
  ...(isExact(passed) && isExact(refused) ? {} : { approximate: true as const }),
})
