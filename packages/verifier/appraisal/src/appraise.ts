import { invalidArgument } from '@assay/protocol'
import type { Verified } from '@assay/evidence'
import type { Tier } from '@assay/protocol'
import { claimSet, type ClaimSet, type FormatClaims } from './claims/claim-set.ts'
import type { AppraisalFacts, BootKeys } from './claims/facts.ts'
import type { Policy, Requirement, Rule } from './policy/policy.ts'
import { reasonsOfRules, type AppraisalReasonCode } from './policy/reason-codes.ts'
import { measurementFormat } from './vocabulary/vocabulary.ts'
import {
  bySeverity,
  mergeVectors,
  tierOfVector,
  worstTier,
  type AppraisalVector,
} from './policy/trust-vector.ts'

export interface AppraisalInput {
  /** What the formats verified, one piece for each. */
  readonly claims: readonly Verified<unknown>[]
  readonly policy: Policy
  /** Unix seconds. */
  readonly now: number
  /** A policy that reads a missing fact decides nothing. */
  readonly facts?: AppraisalFacts
  /** Likewise; an empty map accepts no system but those of the phones' makers. */
  readonly bootKeys?: BootKeys
}

/** The same of claims that nobody vouches for any more: they must never decide about a token. */
export type UnverifiedInput = Omit<AppraisalInput, 'claims'> & { readonly claims: readonly FormatClaims[] }

/** The result of claims under a policy. */
export interface AppraisalResult {
  readonly tier: Tier
  /** AR4SI values by part; empty for `none`. Stays on the server. */
  readonly vector: AppraisalVector
  /** In order of weight, the greatest first. Never empty for `none`. Stays on the server. */
  readonly reasons: readonly AppraisalReasonCode[]
  readonly policy: { readonly id: string; readonly version: number }
  /** Unix seconds. */
  readonly appraisedAt: number
}

type Conclusion = Pick<AppraisalResult, 'tier' | 'vector' | 'reasons'>

/**
 * Appraises verified claims. There is always a result: an undecidable one is `none`, which is accepted nowhere.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `now` is not a time in Unix seconds, or a format is named like a fact
 */
export function appraise(input: AppraisalInput): AppraisalResult {
  return resultOf(input)
}

/** For this package: the result of claims, whether or not they are still verified. @throws TypeError as {@link appraise} */
export function resultOf({ claims, policy, now, facts, bootKeys }: UnverifiedInput): AppraisalResult {
  // Milliseconds mistaken for seconds exceed it.
  if (!(now > 0 && now < 1e11)) throw invalidArgument('the clock does not give Unix seconds')
  const { id, version } = policy
  return {
    policy: { id, version },
    appraisedAt: Math.floor(now),
    ...conclusionOf({ claims, policy, now, ...(facts && { facts }), ...(bootKeys && { bootKeys }) }),
  }
}

function conclusionOf({ claims: evidence, policy, now, facts, bootKeys }: UnverifiedInput): Conclusion {
  if (evidence.length === 0) return undecided('NO_EVIDENCE')
  if (policy.required.length === 0 || policy.rules.length === 0) return undecided('POLICY_EMPTY')
  const claims = claimSet(evidence, now, facts, bootKeys)
  if (claims === undefined) return undecided('EVIDENCE_REPEATED')
  const unmet = unmetRequirement(claims, policy.required)
  if (unmet !== undefined) return undecided(unmet)
  const lacks = lacksOf(facts)
  try {
    return conclude(
      policy.rules.filter((rule) => matches(rule, claims)),
      [...demands.filter((rule) => matches(rule, claims)), ...lacks],
    )
  } catch {
    // Checking the policy shows which rule it was, and why; a half-evaluated one decides nothing.
    return undecided('RULE_FAILED')
  }
}

/** For this package: why claims do not have what a policy requires. */
export function unmetRequirement(
  claims: ClaimSet,
  required: readonly Requirement[],
): AppraisalReasonCode | undefined {
  const values = required.map(({ claim, oneOf }) => ({ value: claims.read(claim), oneOf }))
  if (values.some(({ value }) => value === undefined)) return 'REQUIRED_CLAIM_MISSING'
  const affirmed = values.every(({ value, oneOf }) => oneOf.some((accepted) => accepted === value))
  return affirmed ? undefined : 'REQUIRED_CLAIM_NOT_AFFIRMING'
}

function matches(rule: Rule, claims: ClaimSet): boolean {
  const outcome: unknown = rule.when(claims)
  if (typeof outcome !== 'boolean') throw new TypeError('a condition gives true or false')
  return outcome
}

/** Rules that apply under every policy: an operator's own policy cannot forget them. */
const demands: readonly Rule[] = [
  {
    when: (claims) => claims.read([measurementFormat, 'coverage']) === 'none',
    tier: 'warning',
    reason: 'SOFTWARE_DIFFERS',
    vector: { app: { executables: 33 } },
  },
  {
    when: (claims) =>
      claims.read(['installation', 'hardwareKeyDemanded']) === true &&
      claims.read(['installation', 'holderKey']) !== 'hardware',
    tier: 'warning',
    reason: 'HOLDER_KEY_NOT_IN_HARDWARE',
    vector: { key: { 'storage-opaque': 32 } },
  },
]

/**
 * Whatever the policy says, evidence that the app is registered for but that was left out, or that came but was not
 * read, affirms nothing: leaving it out is the first thing that an attacker tries.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a reason that does not exist
 */
function lacksOf(facts: AppraisalFacts | undefined): readonly Lack[] {
  if (facts === undefined) return []
  const { missing, unread } = facts
  return [
    ...(missing.length > 0 ? [{ tier: 'warning', reason: 'EVIDENCE_MISSING' } as const] : []),
    ...unread.map(({ reason }) => ({ tier: 'warning', reason: ruleReasonOf(reason) }) as const),
  ]
}

type Lack = Pick<Rule, 'tier' | 'reason' | 'vector'>

function ruleReasonOf(reason: string): AppraisalReasonCode {
  const found = reasonsOfRules.find((each) => each === reason)
  if (found === undefined) throw invalidArgument('evidence was not read for a reason that does not exist')
  return found
}

/** For this package: the outcome of the matching rules. */
export function conclude(byPolicy: readonly Rule[], byDemand: readonly Lack[]): Conclusion {
  if (byPolicy.length === 0) return undecided('NO_RULE_MATCHED')
  const matched: readonly Lack[] = [...byPolicy, ...byDemand]
  const vector = mergeVectors(matched.map((rule) => rule.vector ?? {}))
  const reasons = [...matched]
    .sort((a, b) => bySeverity(a.tier, b.tier))
    .map(({ reason }) => reason)
    .filter((reason) => reason !== undefined)
  const tier = worstTier([...matched.map((rule) => rule.tier), ...Object.values(vector).map(tierOfVector)])
  return { tier, vector, reasons: [...new Set(reasons)] }
}

function undecided(reason: AppraisalReasonCode): Conclusion {
  return { tier: 'none', vector: {}, reasons: [reason] }
}
