import { levels, runAt, type Attack, type Attempt, type Expected, type Level } from './attack/attack.ts'
import type { AttackResult } from './run-attacks.ts'

/** A result that an attack does not expect, or an attack that proves nothing. */
export interface Deviation {
  id: string
  /** `null`: of the attack as a whole. */
  level: Level | null
  problem: string
}

/** The least number of words of a reason. */
const leastReason = 4

type Judged = Pick<Attack, 'id' | 'expected' | 'run'>

/**
 * Compares the results of attacks with their expectations. A gap never passes: an attack without a result is a deviation,
 * and so is a result without an attack.
 */
export function judge(attacks: readonly Judged[], results: readonly AttackResult[]): Deviation[] {
  const ids = attacks.map(({ id }) => id)
  const byId = new Map(results.map((result) => [result.id, result]))
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => whole(id, 'the id is there twice')),
    ...results
      .filter(({ id }) => !ids.includes(id))
      .map(({ id }) => whole(id, 'it has a result, and there is no such attack')),
    ...attacks.flatMap((attack) => {
      const result = byId.get(attack.id)
      return result === undefined ? [whole(attack.id, 'it was not carried out')] : judgeOne(attack, result)
    }),
  ]
}

function judgeOne({ id, expected, run }: Judged, { attempts }: AttackResult): Deviation[] {
  const deviations = levels.flatMap((level) => {
    const problem = problemOf(expected[level], runAt({ run }, level) !== undefined, attempts[level])
    return problem === undefined ? [] : [{ id, level, problem }]
  })
  const proves = Object.values(attempts).some(
    (attempt) => !(attempt instanceof Error) && (attempt.attack.through || attempt.twin?.through === true),
  )
  return proves
    ? deviations
    : [...deviations, whole(id, 'it is through nowhere and has no twin that is served')]
}

function problemOf(
  expected: Expected,
  runs: boolean,
  attempt: Attempt | Error | undefined,
): string | undefined {
  if (expected.outcome === 'not-applicable') {
    if (runs || attempt !== undefined) return 'it is said not to apply, and is carried out'
    return expected.reason.trim().split(/\s+/).length < leastReason
      ? 'no reason is given why it does not apply'
      : undefined
  }
  if (attempt === undefined) return 'it was not carried out'
  if (attempt instanceof Error) return `it failed: ${attempt.message}`
  const { attack, twin } = attempt
  if (twin !== undefined && !twin.through) return `its twin is refused (${twin.status} ${twin.code})`
  const outcome = attack.through ? 'through' : 'refused'
  if (outcome !== expected.outcome)
    return `${outcome}${attack.code === null ? '' : ` (${attack.code})`} instead of ${expected.outcome}`
  if (expected.outcome === 'refused' && attack.code !== expected.code) {
    return `refused for another reason: ${attack.code} instead of ${expected.code}`
  }
  return undefined
}

function whole(id: string, problem: string): Deviation {
  return { id, level: null, problem }
}
