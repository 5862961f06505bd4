import { countOf, type Case, type Family, familyNames } from '../case/case.ts'
import { readFamily } from '../vector-file/vector-file.ts'
import type { Answer, Question } from './contract.ts'
import { judge, type Judgement } from './judge.ts'
import { askRunner, type Runner } from './run-runner.ts'

/** The outcome of one case. */
export interface CaseOutcome {
  readonly family: string
  readonly wanted: Case
  readonly answer: Answer | undefined
  readonly judgement: Judgement
}

/** The outcome of all cases. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  /** Cases that `need` something that the SDK lacks. */
  readonly skipped: number
  readonly cases: readonly CaseOutcome[]
}

/**
 * Has a runner answer the vectors of the given families (default: all) and compares.
 *
 * @throws Error when the runner fails as a program, or a file of vectors has fewer cases than it must
 */
export async function checkRunner(runner: Runner, names: readonly string[] = familyNames): Promise<Outcome> {
  const families = names.map(readFamily)
  for (const family of families) holdFloor(family)
  const asked = families.flatMap(({ name, cases }) => cases.map((wanted) => ({ family: name, wanted })))
  // Ids are unique within a family only.
  const idOf = ({ family, wanted }: (typeof asked)[number]) => `${family}: ${wanted.id}`
  const answers = await askRunner(
    runner,
    asked.map((one): Question => {
      const { family, wanted } = one
      const { input, needs } = wanted
      return { id: idOf(one), family, ...(needs === undefined ? {} : { needs }), input }
    }),
  )
  const cases = asked.map((one): CaseOutcome => {
    const answer = answers.get(idOf(one))
    return { ...one, answer, judgement: judge(one.wanted, answer) }
  })
  const count = (judgement: Judgement) => cases.filter((one) => one.judgement === judgement).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), cases }
}

/** The cases that were answered otherwise than they must be. */
export function deviationsOf({ cases }: Outcome): CaseOutcome[] {
  return cases.filter(({ judgement }) => judgement === 'failed')
}

/** A file that lost its cases must not pass. */
function holdFloor(family: Family): void {
  const { accepted, refused } = countOf(family)
  if (accepted < family.floor.accepted || refused < family.floor.refused || family.floor.accepted < 1) {
    throw new Error(`${family.name}: ${accepted} cases to accept and ${refused} to refuse are too few`)
  }
}
