import { countOf, type Case, type Family } from '../case.ts'
import { readFamily } from '../vector-file.ts'
import type { Answer, Question } from './contract.ts'
import { familyNames } from '../family-names.ts'
import { judge } from './judge.ts'
import { askRunner, type Runner } from './run-runner.ts'

/** A case that was answered otherwise than it has to be. */
export interface Deviation {
  readonly family: string
  readonly wanted: Case
  readonly answer: Answer | undefined
}

/** What became of all cases. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly deviations: readonly Deviation[]
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
  const count = { passed: 0, failed: 0, skipped: 0 }
  const deviations: Deviation[] = []
  for (const one of asked) {
    const answer = answers.get(idOf(one))
    const judgement = judge(one.wanted, answer)
    count[judgement]++
    if (judgement === 'failed') deviations.push({ ...one, answer })
  }
  return { ...count, deviations }
}

/** A file that lost its cases must not pass. */
function holdFloor(family: Family): void {
  const { accepted, refused } = countOf(family)
  if (accepted < family.floor.accepted || refused < family.floor.refused || family.floor.accepted < 1) {
    throw new Error(`${family.name}: ${accepted} cases to accept and ${refused} to refuse are too few`)
  }
}
