/** Why a policy document is refused. */
export const policyErrorCodes = [
  /** Missing, unknown or wrong members; a tier, reason or AR4SI value that does not exist. */
  'POLICY_DOCUMENT',
  /** More text, rules, requirements or nesting than a policy may have. */
  'POLICY_TOO_LARGE',
  /** Nothing is required, or there is no rule: such a policy would decide nothing. */
  'POLICY_WITHOUT_RULES',
  /** The expression is not CEL. */
  'POLICY_SYNTAX',
  /** A variable, format or claim that is not in the vocabulary, or that no expression can read. */
  'POLICY_CLAIM_UNKNOWN',
  /** A claim that may be missing is read without `has(…)` before it. */
  'POLICY_CLAIM_UNGUARDED',
  /** An operand or result of the wrong type. */
  'POLICY_TYPE',
  /** A claim is compared with a value that it never has. */
  'POLICY_VALUE',
  /** A function, macro or literal that policies do not have. */
  'POLICY_FUNCTION',
] as const
export type PolicyErrorCode = (typeof policyErrorCodes)[number]

/** A policy document that is not accepted, and where in it the first fault is. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: PolicyErrorCode
  /** JSON pointer (RFC 6901) to the member; empty for the document. */
  readonly pointer: string
  /** Where in the expression, in characters from 0. */
  readonly offset: number | undefined

  constructor(code: PolicyErrorCode, pointer: string, message: string, offset?: number) {
    super(message)
    this.code = code
    this.pointer = pointer
    this.offset = offset
  }
}
