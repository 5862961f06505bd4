import type { BuildSummary, Stats } from '@assay/protocol/schemas'

/** Attestations of one image of a build since it was registered. */
export interface BuildCount {
  build: string
  /** Empty: the build is not registered by ABI. */
  abi: string
  /** Empty: the image that was registered first. */
  variant: string
  passed: number
  refused: number
}

/** Milliseconds for which days are counted: older ones are gone. */
const longest = 400 * 86_400_000

/**
 * Attestations that passed and were refused, by build, ABI and variant: since the registration of the oldest of these
 * builds, which is the same as since the registration of each, because none attests before.
 *
 * @param get answers `GET` of a path of the service. @param now milliseconds since 1970
 */
export async function readBuildCounts(
  get: (path: string) => Promise<unknown>,
  app: string,
  builds: readonly Pick<BuildSummary, 'id' | 'created_at'>[],
  now: number,
): Promise<BuildCount[]> {
  if (builds.length === 0) return []
  const oldest = Math.min(...builds.map(({ created_at: at }) => Date.parse(at)))
  const [only, ...others] = builds
  const query = new URLSearchParams({
    since: new Date(Math.max(oldest, now - longest)).toISOString(),
    ...{ by: 'build,abi,variant', app, limit: '1000' },
    ...(only !== undefined && others.length === 0 ? { build: only.id } : {}),
  })
  const { groups } = (await get(`v1/stats?${query.toString()}`)) as Stats
  return groups
    .map(({ build = '', abi = '', variant = '', passed, refused }) => ({
      build,
      abi,
      variant,
      passed,
      refused,
    }))
    .filter(({ build, passed, refused }) => build !== '' && passed + refused > 0)
}
