import { invalidArgument } from '@assay/protocol'
import type { Tier } from '@assay/protocol'
import type { AppraisalResult } from './appraise.ts'
import type { AppraisalReasonCode } from './policy/reason-codes.ts'
import { submodules, tierOfVector, type Submodule, type TrustVector } from './policy/trust-vector.ts'

const profile = 'tag:ietf.org,2026:rats/ear#03'

/** Appraisal of one part of the attester. */
export interface EarAppraisal {
  ear_status: Tier
  ear_trustworthiness_vector: TrustVector
  ear_appraisal_policy_ids: [string]
}

/** Claims of an EAR in JSON (draft-ietf-rats-ear-03), and the reasons as a private claim of ours. */
export interface EarDocument {
  eat_profile: typeof profile
  /** Unix seconds. */
  iat: number
  /** Unix seconds; not to be accepted after. */
  exp?: number
  ear_verifier_id: { developer: string; build: string }
  ear_status: Tier
  submods: Partial<Record<Submodule, EarAppraisal>>
  'urn:assay:ear:reasons': AppraisalReasonCode[]
}

export interface EarOptions {
  /** Who made the verifier and which build of it appraised. */
  readonly verifier: { readonly developer: string; readonly build: string }
  /** Unix seconds, after the appraisal. */
  readonly expiresAt?: number
  /** URI under which policies are known; the id and version follow it, each after a slash. */
  readonly policies: string
}

/**
 * The attestation result as an EAR claims set, for introspection and the operator: it contains what a token must not.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an empty name or an expiry that is not after the appraisal
 */
export function earDocument(result: AppraisalResult, options: EarOptions): EarDocument {
  const { verifier, expiresAt, policies } = options
  if (verifier.developer === '' || verifier.build === '' || policies === '')
    throw invalidArgument('an EAR names its verifier and policies')
  if (expiresAt !== undefined && !(Number.isInteger(expiresAt) && expiresAt > result.appraisedAt))
    throw invalidArgument('an EAR expires after it is made')
  return {
    eat_profile: profile,
    iat: result.appraisedAt,
    ...(expiresAt === undefined ? {} : { exp: expiresAt }),
    ear_verifier_id: { developer: verifier.developer, build: verifier.build },
    ear_status: result.tier,
    submods: submodulesOf(
      result,
      `${policies}/${encodeURIComponent(result.policy.id)}/${result.policy.version}`,
    ),
    'urn:assay:ear:reasons': [...result.reasons],
  }
}

/** There is at least one, as the draft requires: an empty result asserts nothing about the app. */
function submodulesOf({ vector }: AppraisalResult, policyId: string): EarDocument['submods'] {
  const asserted = submodules.filter((part) => vector[part] !== undefined)
  const parts = asserted.length === 0 ? (['app'] as const) : asserted
  return Object.fromEntries(
    parts.map((part) => {
      const values = vector[part] ?? {}
      const appraisal: EarAppraisal = {
        ear_status: tierOfVector(values),
        ear_trustworthiness_vector: values,
        ear_appraisal_policy_ids: [policyId],
      }
      return [part, appraisal]
    }),
  )
}
