import { admissibleTiers, type AdmissibleTier } from '@assay/protocol'
import type { ClaimValue } from '../claims/claim-set.ts'
import { isOwnReason, type OwnReason } from '../errors/codes.ts'
import { PolicyError } from '../errors/policy-error.ts'
import { reasonsOfRules, type ReasonOfRule } from './reason-codes.ts'
import { submodules, trustworthinessClaims, type AppraisalVector } from './trust-vector.ts'

/** A policy as written: JSON, with CEL expressions. */
export interface PolicyDocument {
  readonly name?: string
  readonly description?: string
  /** What must be present, with an affirming value. At least one. */
  readonly required: readonly RequirementDocument[]
  /** At least one. */
  readonly rules: readonly RuleDocument[]
}

export interface RequirementDocument {
  /** Name of a scalar claim, such as `evidence.software.measured`. */
  readonly claim: string
  readonly one_of: readonly ClaimValue[]
}

export interface RuleDocument {
  readonly description?: string
  /** CEL over the claims, true or false. */
  readonly when: string
  readonly tier: AdmissibleTier
  /** One of the table, or one of your own: `X_` and up to 62 capital letters, digits and `_`. */
  readonly reason?: ReasonOfRule | OwnReason
  readonly vector?: AppraisalVector
}

/** Limits of a policy; lengths in UTF-16 code units. */
export const policyBounds = {
  name: 100,
  description: 1_000,
  required: 32,
  values: 64,
  value: 256,
  rules: 64,
  expression: 1_024,
  /** Opening brackets of an expression: each one that stays open costs the parser more than the previous one. */
  brackets: 64,
  /** All expressions together. */
  expressions: 16_384,
} as const

/**
 * The document, if it has the form of one.
 *
 * @throws PolicyError `POLICY_DOCUMENT`, `POLICY_TOO_LARGE` or `POLICY_WITHOUT_RULES`
 */
export function readPolicyDocument(value: unknown): PolicyDocument {
  const document = membersOf(value, '', ['required', 'rules'], ['name', 'description'])
  const rules = list(document['rules'], '/rules', policyBounds.rules).map(readRule)
  if (rules.reduce((sum, { when }) => sum + when.length, 0) > policyBounds.expressions)
    throw tooLarge('/rules', `expressions have at most ${policyBounds.expressions} characters together`)
  return {
    ...optionalText(document, 'name', ''),
    ...optionalText(document, 'description', ''),
    required: list(document['required'], '/required', policyBounds.required).map(readRequirement),
    rules,
  }
}

function readRequirement(value: unknown, index: number): RequirementDocument {
  const pointer = `/required/${index}`
  const { claim, one_of: values } = membersOf(value, pointer, ['claim', 'one_of'])
  return {
    claim: text(claim, `${pointer}/claim`, policyBounds.value),
    one_of: list(values, `${pointer}/one_of`, policyBounds.values).map((each, i) =>
      scalar(each, `${pointer}/one_of/${i}`),
    ),
  }
}

function readRule(value: unknown, index: number): RuleDocument {
  const pointer = `/rules/${index}`
  const rule = membersOf(value, pointer, ['when', 'tier'], ['description', 'reason', 'vector'])
  const { when, tier, reason, vector } = rule
  return {
    ...optionalText(rule, 'description', pointer),
    when: expression(when, `${pointer}/when`),
    tier: oneOf(admissibleTiers, tier, `${pointer}/tier`),
    ...(reason === undefined ? {} : { reason: reasonOf(reason, `${pointer}/reason`) }),
    ...(vector === undefined ? {} : { vector: readVector(vector, `${pointer}/vector`) }),
  }
}

function reasonOf(value: unknown, pointer: string): ReasonOfRule | OwnReason {
  if (typeof value === 'string' && isOwnReason(value)) return value
  const found = reasonsOfRules.find((each) => each === value)
  if (found === undefined) throw wrong(pointer, 'a reason of docs/errors.md is expected, or one like X_OURS')
  return found
}

function expression(value: unknown, pointer: string): string {
  const when = text(value, pointer, policyBounds.expression)
  if (when.split(/[([{]/).length - 1 > policyBounds.brackets)
    throw tooLarge(pointer, `an expression has at most ${policyBounds.brackets} opening brackets`)
  return when
}

function readVector(value: unknown, pointer: string): AppraisalVector {
  const parts = membersOf(value, pointer, [], submodules)
  const read = Object.entries(parts).map(([part, claims]) => {
    const values = membersOf(claims, `${pointer}/${part}`, [], trustworthinessClaims)
    for (const [claim, each] of Object.entries(values)) requireAr4si(each, `${pointer}/${part}/${claim}`)
    return [part, values]
  })
  return Object.fromEntries(read) as AppraisalVector
}

/** An AR4SI value is a signed 8-bit integer. */
function requireAr4si(value: unknown, pointer: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < -128 || value > 127)
    throw wrong(pointer, 'an AR4SI value is an integer from -128 to 127')
}

/** The own members of a JSON object: all of the required ones, and none besides these. */
function membersOf(
  value: unknown,
  pointer: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw wrong(pointer, 'an object is expected')
  const members = Object.entries(value)
  if (members.some(([name]) => !required.includes(name) && !optional.includes(name)))
    throw wrong(pointer, `members are ${[...required, ...optional].join(', ')}`)
  if (required.some((name) => !Object.hasOwn(value, name)))
    throw wrong(pointer, `there must be ${required.join(', ')}`)
  return Object.fromEntries(members)
}

function list(value: unknown, pointer: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(pointer, 'a list is expected')
  if (value.length === 0) throw new PolicyError('POLICY_WITHOUT_RULES', pointer, 'the list is empty')
  if (value.length > most) throw tooLarge(pointer, `at most ${most} are possible`)
  return Array.from(value as unknown[])
}

function text(value: unknown, pointer: string, longest: number): string {
  if (typeof value !== 'string') throw wrong(pointer, 'a string is expected')
  if (value.length > longest) throw tooLarge(pointer, `at most ${longest} characters are possible`)
  return value
}

function optionalText<Name extends string>(
  members: Record<string, unknown>,
  name: Name,
  pointer: string,
): { [Each in Name]?: string } {
  const value = members[name]
  if (value === undefined) return {}
  const longest = name === 'name' ? policyBounds.name : policyBounds.description
  return { [name]: text(value, `${pointer}/${name}`, longest) } as { [Each in Name]?: string }
}

function scalar(value: unknown, pointer: string): ClaimValue {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string') return text(value, pointer, policyBounds.value)
  throw wrong(pointer, 'a string, number or boolean is expected')
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown, pointer: string): Value {
  const found = values.find((each) => each === value)
  if (found === undefined) throw wrong(pointer, `one of ${values.join(', ')} is expected`)
  return found
}

function wrong(pointer: string, message: string): PolicyError {
  return new PolicyError('POLICY_DOCUMENT', pointer, message)
}

function tooLarge(pointer: string, message: string): PolicyError {
  return new PolicyError('POLICY_TOO_LARGE', pointer, message)
}
