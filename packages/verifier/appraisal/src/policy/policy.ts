import type { AdmissibleTier } from '@assay/protocol'
import type { ClaimPath, ClaimSet, ClaimValue } from '../claims/claim-set.ts'
import type { AppraisalReasonCode } from './reason-codes.ts'
import type { AppraisalVector } from './trust-vector.ts'

/** A claim that must be present, with one of the values that affirm it. */
export interface Requirement {
  readonly claim: ClaimPath
  readonly oneOf: readonly [ClaimValue, ...ClaimValue[]]
}

/**
 * The condition of a rule on the claims. If it throws, or returns anything but `true` and `false`, the policy could not
 * be evaluated.
 */
export type Condition = (claims: ClaimSet) => boolean

/** What applies to claims that meet a condition. */
export interface Rule {
  readonly when: Condition
  /** The result is this tier or worse. */
  readonly tier: AdmissibleTier
  /** Reported to the operator if the rule matched. */
  readonly reason?: AppraisalReasonCode
  /** What the rule asserts; the result is no better than the worst of it. */
  readonly vector?: AppraisalVector
}

/**
 * An appraisal policy: what must be present, and what is then concluded. Only its conditions reveal how it was written
 * (a fixed table, or expressions over claims).
 */
export interface Policy {
  readonly id: string
  readonly version: number
  /** All must hold, or there is no verdict. A policy that requires nothing is an empty one. */
  readonly required: readonly Requirement[]
  /** All are evaluated; the worst of those that match decides. */
  readonly rules: readonly Rule[]
}
