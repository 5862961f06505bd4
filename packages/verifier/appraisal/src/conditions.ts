import type { ClaimPath, ClaimValue } from './claim-set.ts'
import type { Condition } from './policy.ts'

/** Whether a claim has one of these values. A claim that is not there is an error: the rule asks for what nobody checked. */
export function claimIs(claim: ClaimPath, ...values: readonly [ClaimValue, ...ClaimValue[]]): Condition {
  return (claims) => {
    const value = claims.read(claim)
    if (value === undefined) throw new Error('the claim is not there')
    return values.includes(value as ClaimValue)
  }
}

/** Whether a probe gave this answer. A probe that was not asked did not: the service chooses which are asked. */
export function probeAnswered(probe: string, answer: ClaimValue): Condition {
  return (claims) => claims.read(['software', 'probes', probe]) === answer
}

/**
 * Whether one of these probes was asked and gave no answer. An SDK then answers for it with a word that begins with an
 * exclamation mark.
 */
export function probeFailed(probes: readonly string[]): Condition {
  return (claims) =>
    probes.some((probe) => {
      const answer = claims.read(['software', 'probes', probe])
      return typeof answer === 'string' && answer.startsWith('!')
    })
}
