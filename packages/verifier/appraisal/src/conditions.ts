import type { ClaimPath, ClaimSet, ClaimValue } from './claim-set.ts'
import type { Condition } from './policy.ts'

/** Whether a claim has one of these values. A claim that is not there is an error: the rule asks for what nobody checked. */
export function claimIs(claim: ClaimPath, ...values: readonly [ClaimValue, ...ClaimValue[]]): Condition {
  return (claims) => {
    const value = claims.read(claim)
    if (value === undefined) throw new Error('the claim is not there')
    return values.includes(value as ClaimValue)
  }
}

/** Whether all of these hold. */
export function allOf(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return (claims) => conditions.every((condition) => condition(claims))
}

/**
 * Whether a probe that answers with names of findings, separated by commas, found one: one that begins with one of
 * `beginnings`, or any where none are given. A probe that was not asked found nothing: the service chooses which are.
 */
export function probeFound(probe: string, beginnings: readonly string[] = ['']): Condition {
  return (claims) => {
    const answer = answerOf(claims, probe)
    if (typeof answer !== 'string' || answer === '' || isFault(answer)) return false
    return answer.split(',').some((name) => beginnings.some((beginning) => name.startsWith(beginning)))
  }
}

/** Whether one of these probes, which answer with names, was asked and did not answer. */
export function probeFailed(probes: readonly string[]): Condition {
  return (claims) =>
    probes.some((probe) => {
      const answer = answerOf(claims, probe)
      return answer !== undefined && (typeof answer !== 'string' || isFault(answer))
    })
}

function answerOf(claims: ClaimSet, probe: string): unknown {
  return claims.read(['software', 'probes', probe])
}

/** What an SDK says for a probe that threw, was late, or answered out of form. */
function isFault(answer: string): boolean {
  return answer.startsWith('!')
}
