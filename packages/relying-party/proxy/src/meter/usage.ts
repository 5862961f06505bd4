/** The use of a route by an installation since the day (UTC) began. */
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

/** How much of a budget of money is used, what is reserved included. */
export interface BudgetUse {
  /** The route, or the name of the budget that routes share. */
  readonly budget: string
  /** Seconds. */
  readonly window: number
  /** Part of the budget: 1 is all of it. */
  readonly used: number
}

/** How many accounts a meter holds. */
export interface AccountCount {
  /** Empty: routes share them. */
  readonly route: string
  readonly scope: string
  readonly accounts: number
  /** Accounts that were dropped, for want of space, before their windows were over. */
  readonly dropped: number
}

/** The counts that a meter shows its operator. */
export interface MeterUse extends UsageSource {
  /** As this process knows it: a process that shares a store learns it with each request. */
  budgets(): BudgetUse[]
  accounts(): Promise<AccountCount[]>
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
