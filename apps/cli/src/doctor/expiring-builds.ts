import { expiryWarningDays } from '@assay/protocol'
import type { Build, Stats } from '@assay/protocol/schemas'
import { finding, type Finding } from '../faults/findings.ts'

/** A build that gets tokens for a few more days. */
export interface ExpiringBuild {
  app: string
  build: string
  expiresAt: string
  /** Days that are left, rounded up. */
  days: number
  /** Its attestations of the last day that proved possession. */
  attestations: number
}

/** Milliseconds. */
const day = 24 * 3_600_000

/**
 * Active builds that expire within 30 days, the next one first.
 *
 * @param get answers `GET` of a path of the service. @param now milliseconds since 1970
 */
export async function readExpiring(
  get: (path: string) => Promise<unknown>,
  builds: readonly Pick<Build, 'app' | 'id' | 'state' | 'expires_at'>[],
  now: number,
): Promise<ExpiringBuild[]> {
  const soon = builds.flatMap(({ app, id, state, expires_at: expiresAt }) => {
    if (state !== 'active' || expiresAt === null) return []
    const left = Date.parse(expiresAt) - now
    return left > 0 && left <= expiryWarningDays * day
      ? [{ app, build: id, expiresAt, days: Math.ceil(left / day) }]
      : []
  })
  return Promise.all(
    soon
      .toSorted((one, other) => Date.parse(one.expiresAt) - Date.parse(other.expiresAt))
      .map(async (one) => ({ ...one, attestations: await attestationsOf(get, one, now - day) })),
  )
}

async function attestationsOf(
  get: (path: string) => Promise<unknown>,
  { app, build }: Pick<ExpiringBuild, 'app' | 'build'>,
  since: number,
): Promise<number> {
  const query = new URLSearchParams({ since: new Date(since).toISOString(), by: 'build', app, build })
  const { groups } = (await get(`v1/stats?${query.toString()}`)) as Stats
  return groups.reduce((sum, { passed, refused, malfunctions }) => sum + passed + refused + malfunctions, 0)
}

export function examineExpiring(builds: readonly ExpiringBuild[]): Finding[] {
  return builds.map(({ app, build, days, attestations }) =>
    finding('DOCTOR_BUILD_EXPIRES_SOON', { app, build, days: String(days), count: String(attestations) }),
  )
}
