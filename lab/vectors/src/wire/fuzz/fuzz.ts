import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Answer, Question } from '../driver/contract.ts'
import { askRunner, type Runner } from '../driver/run-runner.ts'
import { arbitraries } from './arbitraries.ts'

/** A runner, and the families that it answers; all where it does not say. */
export interface Contestant {
  readonly name: string
  readonly runner: Runner
  readonly families?: readonly string[]
}

export interface FuzzOptions {
  /** Inputs of each family. */
  readonly runs: number
  readonly seed: number
  readonly families: readonly string[]
}

/** An input that two runners answer differently. */
export interface Difference {
  readonly question: Question
  readonly answers: Readonly<Record<string, Answer | undefined>>
}

export interface FuzzOutcome {
  /** Questions that at least two runners answered. */
  readonly compared: number
  readonly accepted: number
  readonly refused: number
  /** For each family, the one with the shortest input first. */
  readonly differences: readonly Difference[]
}

/** Asks all runners the same questions, and compares. */
export async function fuzz(contestants: readonly Contestant[], options: FuzzOptions): Promise<FuzzOutcome> {
  const questions = options.families.flatMap((family) => questionsOf(family, options))
  const answers = new Map<string, ReadonlyMap<string, Answer>>()
  for (const { name, runner, families } of contestants) {
    const own = questions.filter(({ family }) => families?.includes(family) ?? true)
    answers.set(name, await askRunner(runner, own))
  }
  let [compared, accepted, refused] = [0, 0, 0]
  const differences: Difference[] = []
  for (const question of questions) {
    const asked = contestants.filter(({ families }) => families?.includes(question.family) ?? true)
    const given = asked
      .map(({ name }) => [name, answers.get(name)?.get(question.id)] as const)
      // Skipping is for who lacks something; leaving out is a difference.
      .filter(([, answer]) => answer?.skipped === undefined)
    const [first, ...others] = given
    if (first === undefined || others.length === 0) continue
    compared++
    if (first[1]?.error === undefined) accepted++
    else refused++
    if (others.some(([, answer]) => !isDeepStrictEqual(answer, first[1]))) {
      differences.push({ question, answers: Object.fromEntries(given) })
    }
  }
  const length = ({ question }: Difference) => JSON.stringify(question.input).length
  return { compared, accepted, refused, differences: differences.sort((a, b) => length(a) - length(b)) }
}

function questionsOf(family: string, { runs, seed }: FuzzOptions): Question[] {
  const known = arbitraries[family]
  if (known === undefined) throw new Error(`there are no random inputs for ${family}`)
  const { input, needs } = known
  return fc.sample(input, { numRuns: runs, seed }).map((one, i) => ({
    id: `${family} ${i}`,
    family,
    ...(needs === undefined ? {} : { needs }),
    input: one,
  }))
}
