import type { AdmittedRequest } from '@assay/guard'
import type { CostRules } from '../cost/cost-rules.ts'
import type { ExceededLimit, MeterScope } from './meter.ts'

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
}

/** What a route's meter counts and refuses. */
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

export function tooManyStreams({ streams }: MeterRules): ExceededLimit {
  return Object.freeze({ scope: 'installation', unit: 'streams', limit: streams, window: null })
}

/** Whether hardware holds the caller's key, or has vouched for it. */
export function isVouchedFor({ holderKey }: AdmittedRequest): boolean {
  return holderKey === 'hardware' || holderKey === 'vouched'
}
