import { admissibleTiers, type AdmissibleTier, type Api } from '@assay/protocol'
import type { AppraisalResult } from './appraise.ts'
import type { AppraisalReasonCode } from './reason-codes.ts'

/** A result for which a token may be issued, with the tier that it carries. */
export interface Admitted {
  readonly admitted: true
  readonly tier: AdmissibleTier
}

/** A result for which no token is issued, with the reason that weighs most. */
export interface NotAdmitted {
  readonly admitted: false
  readonly code: AppraisalReasonCode
}

/**
 * Whether an API gets a token for this result. Tiers are a set: an API that names `warning` alone refuses
 * `affirming`. An API that only observes gets a token for every tier but `none`, which is accepted nowhere.
 */
export function admit(
  result: Pick<AppraisalResult, 'tier' | 'reasons'>,
  api: Readonly<Pick<Api, 'tiers' | 'enforcement'>>,
): Admitted | NotAdmitted {
  const tier = admissibleTiers.find((admissible) => admissible === result.tier)
  if (tier !== undefined && (api.enforcement === 'observe' || api.tiers.includes(tier))) {
    return { admitted: true, tier }
  }
  return { admitted: false, code: result.reasons[0] ?? 'TIER_NOT_ADMITTED' }
}
