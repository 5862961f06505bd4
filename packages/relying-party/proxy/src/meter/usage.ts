/** What an installation has used of a route since the day (UTC) began. */
export interface InstallationUse {
  readonly route: string
  readonly app: string
  /** Pseudonym of the installation at this API, as bans name it. */
  readonly installation: string
  readonly requests: number
  /** Units, those that are reserved included. */
  readonly cost: number
  readonly open: number
}

export interface UsageSource {
  /** Those that used most, first by cost, then by requests; at most `top`. */
  usage(top: number): Promise<InstallationUse[]>
}

/** The first `top` of all, without sorting more than a few times as many at once. */
export function mostUsed(sources: Iterable<Iterable<InstallationUse>>, top: number): InstallationUse[] {
  let found: InstallationUse[] = []
  const cut = () => (found = found.sort(byUse).slice(0, top))
  for (const source of sources) for (const each of source) if (found.push(each) >= 4 * top + 1_024) cut()
  return cut()
}

function byUse(one: InstallationUse, other: InstallationUse): number {
  return other.cost - one.cost || other.requests - one.requests
}
