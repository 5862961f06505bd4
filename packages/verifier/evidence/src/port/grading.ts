import type { AdmissibleTier } from '@assay/protocol'

/** The ways in which built-in policies grade evidence. */
export const gradingKinds = ['balanced', 'strict', 'no-google'] as const
export type GradingKind = (typeof gradingKinds)[number]

/**
 * A rule as in a policy document: a condition in CEL over the claims, and what applies if it is met.
 * Appraisal checks reason and vector, and the condition against the claims of the schemes, when it compiles the
 * policy.
 */
export interface GradingRule {
  readonly description?: string
  readonly when: string
  readonly tier: AdmissibleTier
  readonly reason?: string
  /** AR4SI values, by submodule and claim. */
  readonly vector?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** It does not count against a phone for which some scheme's {@link SchemeGrading.acceptedSystem} holds. */
  readonly sparesAcceptedSystem?: true
}

/** How a built-in policy grades evidence of one scheme. */
export interface SchemeGrading {
  /**
   * CEL: there is evidence of the scheme, and it is young enough to affirm the result. Left out if the scheme alone is
   * not hardware evidence.
   */
  readonly young?: string
  /** CEL: the vouching key is in many devices, so many enrolments with it are not a finding. */
  readonly sharedKey?: string
  /** CEL: the phone runs a system of another maker, whose boot key the operator has given. */
  readonly acceptedSystem?: string
  /** What the evidence affirms, and what is wrong with it. Policies of the strict kind make warnings worse. */
  readonly rules: readonly GradingRule[]
}

/** Seconds. A challenge is valid for 120 s: older evidence is not from this exchange. */
export const exchange = 300
/** Seconds. */
export const day = 86_400
