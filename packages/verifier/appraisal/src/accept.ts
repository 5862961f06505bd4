import { accessTokenTiers, admissibleTiers, type AdmissibleTier, type TokenKind } from '@assay/protocol'
import type { AppraisalResult } from './appraise.ts'
import type { AppraisalReasonCode } from './policy/reason-codes.ts'

/** A result for which a token may be issued, with the tier that it carries. */
export interface AcceptedResult {
  readonly accepted: true
  readonly tier: AdmissibleTier
}

/** A result for which no token is issued, with the reason of greatest weight. */
export interface RefusedResult {
  readonly accepted: false
  readonly code: AppraisalReasonCode
}

/**
 * Whether an API gets a token for this result. Tiers are a set: an API that names only `warning` refuses `affirming`.
 * An API that only observes gets a token for every tier but `none`, which is accepted nowhere. One whose tokens stock
 * resource servers verify (kind `access`) cannot observe, and gets none for `contraindicated`.
 */
export function accept(
  result: Pick<AppraisalResult, 'tier' | 'reasons'>,
  api: {
    readonly tiers: readonly AdmissibleTier[]
    readonly enforcement: 'observe' | 'enforce'
    readonly token: TokenKind
  },
): AcceptedResult | RefusedResult {
  const isAccess = api.token !== 'attestation'
  const admissible: readonly AdmissibleTier[] = isAccess ? accessTokenTiers : admissibleTiers
  const tier = admissible.find((each) => each === result.tier)
  const observes = api.enforcement === 'observe' && !isAccess
  if (tier !== undefined && (observes || api.tiers.includes(tier))) {
    return { accepted: true, tier }
  }
  return { accepted: false, code: result.reasons[0] ?? 'TIER_NOT_ADMITTED' }
}
