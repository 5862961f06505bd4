import {
  appraise,
  compilePolicy,
  vocabularyOf,
  type AppraisalReasonCode,
  type PolicyDocument,
  type RuleDocument,
} from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import { androidKeyDescription } from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription } from '@assay/evidence/play-integrity'

const vocabulary = vocabularyOf([
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
])

/** What a vector's policy forbids: a condition of CEL over the claims, and the reason that is given where it holds. */
export type Forbidden = Required<Pick<RuleDocument, 'when' | 'reason'>>

/** The evidence verifies, and the policy of the vector refuses what it says. `code` is the reason of the appraisal. */
export class PolicyRefusal extends Error {
  override readonly name = 'PolicyRefusal'
  readonly code: AppraisalReasonCode

  constructor(code: AppraisalReasonCode) {
    super('the policy refuses the claims')
    this.code = code
  }
}

/**
 * Judges verified claims as the product does: by a policy in CEL, in which everything is affirmed that nothing forbids.
 *
 * @param now Unix seconds
 * @throws PolicyRefusal with the first reason, unless the result is affirming
 */
export function judgeByPolicy(
  evidence: Verified<{ readonly platform: string }>,
  forbidden: readonly Forbidden[],
  now: number,
): void {
  const claims = `evidence.${evidence.format.replaceAll('-', '_')}`
  const document: PolicyDocument = {
    required: [{ claim: `${claims}.platform`, one_of: [evidence.claims.platform] }],
    rules: [
      { when: `has(${claims})`, tier: 'affirming' },
      ...forbidden.map((rule) => ({ ...rule, tier: 'contraindicated' as const })),
    ],
  }
  const policy = compilePolicy(document, { id: 'vector', version: 1, vocabulary })
  const { tier, reasons } = appraise({ claims: [evidence], policy, now })
  if (tier === 'affirming') return
  const [reason] = reasons
  if (reason === undefined) throw new Error('the appraisal gives no reason')
  throw new PolicyRefusal(reason)
}

/** A list in CEL. */
export function celList(values: readonly (string | number)[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
}
