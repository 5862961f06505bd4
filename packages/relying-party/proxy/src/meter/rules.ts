import type { AdmittedRequest } from '@assay/guard'
import { mostCounted, type CostRules } from '../cost/cost-rules.ts'
import type { ExceededLimit, MeteredCall, MeterScope } from './meter.ts'
import { meteredNetwork } from './metered-network.ts'

/** One limit of a route. */
export interface Limit {
  readonly scope: MeterScope
  readonly unit: 'requests' | 'cost'
  /** `Infinity`: only counted, for `usage`. */
  readonly limit: number
  /** Length of the window in seconds. */
  readonly seconds: number
  /** It follows from a budget of money: when it is spent, the operator is told. */
  readonly isBudget?: true
  /** Name of the budget that several routes share; `limit` is then in {@link moneyUnit}. */
  readonly budget?: string
  /** Of a shared budget: the part of it that callers without hardware may use together. */
  readonly isOfSoftware?: true
}

/** Routes that share a budget count in this part of the currency, since their units cost differently. */
export const moneyUnit = 1e-9

/** The amount that a request of so many units adds to a limit. */
export function amountOf({ unit, budget }: Limit, units: number, price: number | undefined): number {
  if (unit === 'requests') return 1
  return budget === undefined ? units : Math.min(mostCounted, Math.ceil((units * (price ?? 0)) / moneyUnit))
}

/** Accounts that one subject has at a route, or at all routes that share a budget. */
export interface AccountKind {
  readonly scope: MeterScope
  /** Name of a shared budget. */
  readonly budget?: string | undefined
  readonly limits: readonly Limit[]
  /** Whose account a request is counted in; `undefined`: in none of this kind. */
  subjectOf(call: Pick<MeteredCall, 'caller' | 'address'>): string | undefined
}

/** The kinds of accounts that the rules of a route count in. */
export function accountKindsOf({ limits, networkBits }: MeterRules): AccountKind[] {
  const ofScope = (scope: MeterScope) => limits.filter((limit) => limit.scope === scope)
  const kinds: AccountKind[] = [
    {
      scope: 'installation',
      limits: ofScope('installation'),
      subjectOf: ({ caller }) => caller.installation,
    },
    {
      scope: 'network',
      limits: ofScope('network'),
      subjectOf: ({ address }) => meteredNetwork(address, networkBits),
    },
    { scope: 'app', limits: ofScope('app'), subjectOf: ({ caller }) => caller.app },
    {
      scope: 'software',
      limits: ofScope('software'),
      subjectOf: ({ caller }) => (isVouchedFor(caller) ? undefined : 'software'),
    },
    { scope: 'all', limits: ofScope('all'), subjectOf: () => 'all' },
  ]
  const shared = ofScope('budget')
  for (const budget of new Set(shared.map((limit) => limit.budget as string))) {
    const [whole, part] = [false, true].map((isPart) =>
      shared.filter((limit) => limit.budget === budget && (limit.isOfSoftware === true) === isPart),
    ) as [Limit[], Limit[]]
    kinds.push({ scope: 'budget', budget, limits: whole, subjectOf: () => 'all' })
    kinds.push({
      scope: 'budget',
      budget: `${budget}+software`,
      limits: part,
      subjectOf: ({ caller }) => (isVouchedFor(caller) ? undefined : 'software'),
    })
  }
  return kinds.filter(({ limits: own }) => own.length > 0)
}

/** The rules by which a route's meter counts and refuses. */
export interface MeterRules {
  readonly route: string
  readonly limits: readonly Limit[]
  /** Most open streams of an installation; `Infinity`: not bounded. */
  readonly streams: number
  /** Whether only the limits of installations bound a caller, so that hardware must vouch for it. */
  readonly needsHardware: boolean
  /** Bits by which addresses of one network agree. */
  readonly networkBits: { readonly ipv4: number; readonly ipv6: number }
  readonly cost?: CostRules | undefined
  /** Seconds that a request may take in all, after which a reservation that nobody ended is no open stream any more. */
  readonly longest: number
}

export function exceeded({ scope, unit, limit, seconds }: Limit): ExceededLimit {
  return Object.freeze({ scope, unit, limit, window: seconds })
}

/** A limit that a request exceeds by itself, however little was used before. */
export function limitBelow(
  rules: MeterRules,
  kinds: readonly AccountKind[],
  units: number,
): Limit | undefined {
  for (const { limits } of kinds)
    for (const limit of limits)
      if (limit.unit === 'cost' && amountOf(limit, units, rules.cost?.price) > limit.limit) return limit
  return undefined
}

export function tooManyStreams({ streams }: MeterRules): ExceededLimit {
  return Object.freeze({ scope: 'installation', unit: 'streams', limit: streams, window: null })
}

/** Whether hardware holds the caller's key, or has vouched for it. */
export function isVouchedFor({ holderKey }: AdmittedRequest): boolean {
  return holderKey === 'hardware' || holderKey === 'vouched'
}
