import type { CodeExplanation } from './code-explanation.ts'

/** Written by a test from the section "Policies" of docs/errors.md. */
export const policies: Readonly<Record<string, CodeExplanation>> = {
  POLICY_DOCUMENT: {
    meaning: 'Missing, unknown or wrong members; a tier, reason or AR4SI value that does not exist.',
    action: 'Correct the member.',
  },
  POLICY_TOO_LARGE: {
    meaning:
      'More rules, requirements, text or nesting than a policy may have; a macro over a list within another.',
    action: 'Split the expression into several rules; leave out what no longer matters.',
  },
  POLICY_WITHOUT_RULES: {
    meaning: 'Nothing is required, no value is accepted, or there is no rule.',
    action: 'Require at least `evidence.software.measured`, and give rules.',
  },
  POLICY_SYNTAX: { meaning: 'The expression is not CEL.', action: 'Correct it where the message says.' },
  POLICY_CLAIM_UNKNOWN: {
    meaning: 'No such variable, format or claim, or one that policies cannot read.',
    action: 'Look up its name.',
  },
  POLICY_CLAIM_UNGUARDED: {
    meaning: 'A claim that may be missing is read without asking for it.',
    action: 'Put `has(…) &&` before it, for the format and for the claim.',
  },
  POLICY_TYPE: {
    meaning: 'An operand or result has the wrong type.',
    action: 'See the type of the claim. A rule is true or false.',
  },
  POLICY_VALUE: {
    meaning: 'A claim is compared with a value that it never has.',
    action: 'See the values of the claim: a slip, as a rule.',
  },
  POLICY_FUNCTION: {
    meaning: 'A function, macro or literal that policies do not have.',
    action: 'See what there is. There are no regular expressions.',
  },
}
