import { minimumVersionCode } from '@assay/protocol'
import type { Api, BuildSummary, Rollout } from '@assay/protocol/schemas'
import { wilsonInterval } from '../../system/wilson.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import { spans } from '../fleet/ports.ts'
import { countOf, isExact, union } from './distinct.ts'
import { otherValues, type UserCount } from './ports.ts'
import { standardError } from './sketch.ts'
import { numbersOf, spanStart, type UserGroup, type UserName, type UserUseCases } from './users.usecases.ts'

/** When a build counts as safe to enforce; docs/guides/roll-out.md has it in words. */
export const rolloutRule = {
  least_reached: 400,
  most_refused: 0.01,
  least_of_os_version: 10,
  most_of_os_version: 0.05,
} as const

const mostReasons = 20
const mostVersions = 50

type Build = Pick<
  BuildSummary,
  'id' | 'version_name' | 'version_code' | 'state' | 'channel' | 'expires_at' | 'created_at'
>

interface RolloutDependencies {
  users: Pick<UserUseCases, 'flush' | 'groupsOf'>
  findApp: (app: string) => Promise<Parameters<typeof minimumVersionCode>[0] | undefined>
  /** Every build of an app. */
  buildsOf: (app: string) => Promise<readonly Build[]>
  apisOf: (app: string) => Promise<readonly Pick<Api, 'audience' | 'enforcement' | 'tiers'>[]>
  clock: Clock
}

export interface RolloutQuery {
  /** Default: the newest that can attest. */
  build?: string | undefined
  /** RFC 3339. Default: 24 hours ago. From the beginning of that hour on; beyond 14 days, of that day. */
  since?: string | undefined
}

export type RolloutUseCases = ReturnType<typeof createRolloutUseCases>

/** Shows what a new build does to users, beside the build before it. */
export function createRolloutUseCases({ users, findApp, buildsOf, apisOf, clock }: RolloutDependencies) {
  return {
    /** @throws ProblemError `app_not_found`, `build_not_found` */
    async rollout(app: string, query: RolloutQuery): Promise<Rollout> {
      const registered = await findApp(app)
      if (registered === undefined) throw new ProblemError('app_not_found')
      const now = clock()
      const builds = inOrder(await buildsOf(app))
      const build =
        query.build === undefined
          ? builds.find((one) => canAttest(one, registered, now))
          : builds.find(({ id }) => id === query.build)
      if (query.build !== undefined && build === undefined) throw new ProblemError('build_not_found')
      const previous =
        build && builds.slice(builds.indexOf(build) + 1).find(({ state }) => state !== 'pending')
      await users.flush()
      const until = now + 1
      const asked = query.since === undefined ? now - spans.day : Date.parse(query.since)
      // Otherwise the hour in which it lies would be counted now and before.
      const since = spanStart(asked, now)
      const read = (
        by: UserName[],
        where: Partial<Record<UserName, string>> = {},
        from = since,
        to = until,
      ) => users.groupsOf({ app, since: from, until: to, by, where })
      const reach = async (of: Build | undefined) =>
        of === undefined
          ? null
          : reachOf(of, await read(['build'], { build: of.id }), await read(['code'], { build: of.id }))
      const [all] = await read([])
      const versions = versionsOf(
        await read(['os_version']),
        await read(['os_version'], {}, since - (until - since), since),
      )
      const byTier = await read(['tier'])
      const tiers = byTier.filter(isNamed).map((group) => ({ tier: group.value, ...numbersOf(group) }))
      const uncounted = [
        ...(await read(['build'], { build: otherValues })),
        ...(await read(['code'], { code: otherValues })),
        ...byTier.filter((group) => !isNamed(group)),
      ]
      const reached = await reach(build)
      return {
        app,
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
        installations: reachedBy(all),
        build: reached,
        previous: await reach(previous),
        os_versions: versions.slice(0, mostVersions),
        tiers,
        safe_to_enforce: judged({ build: reached, versions, tiers, uncounted, apis: await apisOf(app) }),
        standard_error: standardError,
      }
    },
  }
}

function canAttest(build: Build, app: Parameters<typeof minimumVersionCode>[0], now: number): boolean {
  const { state, version_code, channel, expires_at } = build
  if (state !== 'active' || version_code < minimumVersionCode(app, channel)) return false
  return expires_at === null || Date.parse(expires_at) > now
}

/** The newest first. */
const inOrder = (builds: readonly Build[]): Build[] =>
  [...builds].sort(
    (a, b) => b.version_code - a.version_code || Date.parse(b.created_at) - Date.parse(a.created_at),
  )

const isNamed = ({ value, code }: UserGroup): boolean => value !== otherValues && code !== otherValues

/** Passed or refused, each installation once. */
function reachedBy(group: UserCount | undefined): Rollout['installations'] {
  if (group === undefined) return { passed: 0, refused: 0, reached: 0 }
  const numbers = numbersOf(group)
  const all = union(group.passed, group.refused)
  return { ...numbers, reached: countOf(all), ...(isExact(all) ? {} : { approximate: true as const }) }
}

function reachOf(build: Build, [group]: readonly UserGroup[], codes: readonly UserGroup[]): Rollout['build'] {
  const { id, version_name, version_code } = build
  return {
    ...{ build: id, version_name, version_code },
    ...reachedBy(group),
    reasons: codes
      .filter((one) => isNamed(one))
      .map(({ code, refused }) => ({ code, installations: countOf(refused) }))
      .filter(({ installations }) => installations > 0)
      .sort((a, b) => b.installations - a.installations)
      .slice(0, mostReasons),
  }
}

function versionsOf(now: readonly UserGroup[], before: readonly UserGroup[]): Rollout['os_versions'] {
  return now
    .filter(isNamed)
    .map((group) => {
      const earlier = before.find(({ value }) => value === group.value)
      return {
        os_version: group.value,
        ...numbersOf(group),
        before: earlier === undefined ? { passed: 0, refused: 0 } : numbersOf(earlier),
      }
    })
    .sort((a, b) => b.refused - a.refused || b.passed - a.passed)
}

type Doubt = Rollout['safe_to_enforce']['doubts'][number]

/** Estimates count as if they were off by two standard errors. */
const [more, fewer] = [1 + 2 * standardError, 1 - 2 * standardError]

interface Judged {
  build: Rollout['build']
  versions: Rollout['os_versions']
  tiers: Rollout['tiers']
  /** What was counted without its name, because there were too many. */
  uncounted: readonly UserGroup[]
  apis: readonly Pick<Api, 'audience' | 'enforcement' | 'tiers'>[]
}

function judged({ build, versions, tiers, uncounted, apis }: Judged): Rollout['safe_to_enforce'] {
  const { reached = 0, refused = 0 } = build ?? {}
  const { low, high } = refusedShare(build)
  const doubts: Doubt[] = []
  if (reached < rolloutRule.least_reached) doubts.push({ kind: 'too_few', installations: reached })
  // Without a single one, the interval only says that too few were reached.
  if (refused > 0 && high > rolloutRule.most_refused) doubts.push({ kind: 'refused', installations: refused })
  doubts.push(...versions.filter(isRefusedVersion).map(doubtOfVersion))
  for (const api of apis.filter(({ enforcement }) => enforcement === 'observe')) {
    const beneath = tiers.filter(
      ({ tier }) => tier !== '' && !(api.tiers as readonly string[]).includes(tier),
    )
    const observed = beneath.reduce((sum, { passed }) => sum + passed, 0)
    const all = tiers.reduce((sum, { passed, refused: not }) => sum + passed + not, 0)
    if (observed > 0 && wilsonInterval(Math.min(observed, all), all)[1] > rolloutRule.most_refused)
      doubts.push({ kind: 'observed', installations: observed, of: api.audience })
  }
  for (const group of uncounted)
    doubts.push({ kind: 'uncounted', installations: reachedBy(group).reached, of: group.dimension })
  return {
    is_safe: doubts.length === 0,
    doubts,
    refused_share: { low: rounded(low), high: rounded(high) },
    rule: rolloutRule,
  }
}

/** Of an estimate, the lower end is for what is off to the better, and the upper end for what is off to the worse. */
function refusedShare(build: Rollout['build']): { low: number; high: number } {
  const { reached = 0, refused = 0, approximate } = build ?? {}
  const isOff = approximate === true
  const [most, least] = isOff ? [Math.ceil(reached * more), Math.floor(reached * fewer)] : [reached, reached]
  const [hits, fewest] = isOff ? [Math.ceil(refused * more), Math.floor(refused * fewer)] : [refused, refused]
  return {
    low: wilsonInterval(Math.min(fewest, most), most)[0],
    high: wilsonInterval(Math.min(hits, least), least)[1],
  }
}

function isRefusedVersion({ passed, refused }: Rollout['os_versions'][number]): boolean {
  if (refused < rolloutRule.least_of_os_version) return false
  return wilsonInterval(refused, passed + refused)[0] > rolloutRule.most_of_os_version
}

const doubtOfVersion = ({
  os_version: of,
  refused: installations,
}: Rollout['os_versions'][number]): Doubt => ({
  kind: 'os_version',
  installations,
  of,
})

const rounded = (share: number): number => Number(share.toFixed(4))
