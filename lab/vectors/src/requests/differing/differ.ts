import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { createNodeCrypto } from '@assay/guard/node'
import type { Answer, Question } from '../../wire/driver/contract.ts'
import { answerCase } from '../running/answer-case.ts'
import { kindOf } from './kind.ts'
import { inputOf, needsOf, type RandomCase, randomCases } from './random-cases.ts'

/** Has a verifier answer questions: answers by id. */
export type Ask = (questions: readonly Question[]) => Promise<ReadonlyMap<string, Answer>>

export interface DifferOptions {
  /** Cases. */
  readonly runs: number
  readonly seed: number
}

/** The shortest case, after shrinking, that two verifiers answer differently. */
export interface Difference {
  /** The codes of both, and what else differs. */
  readonly kind: string
  /** Cases of this kind; the others are not shrunk. */
  count: number
  /** Number of the first among all cases of the seed. */
  readonly number: number
  readonly shrunk: RandomCase
  readonly question: Question
  readonly guard: Answer
  readonly runner: Answer | undefined
}

export interface DifferOutcome {
  /** Cases that both answered. */
  compared: number
  skipped: number
  /** Requests in them that the guard serves, and those that it does not. */
  served: number
  refused: number
  /** Configurations with which it does not start. */
  misuse: number
  /** Every code that it answered with. */
  readonly codes: Set<string>
  readonly differences: Difference[]
}

/** Kinds of difference that are shrunk: a runner that is wrong everywhere is not worth the time. */
const mostShrunk = 10

/** Cases of one process of the runner: enough to make its start cheap, few enough to hold. */
const batchSize = 2000

const crypto = createNodeCrypto()

/** Has the guard and a runner decide about the same random cases, and shrinks one case of each kind of difference. */
export async function differ(ask: Ask, { runs, seed }: DifferOptions): Promise<DifferOutcome> {
  const outcome: DifferOutcome = {
    compared: 0,
    skipped: 0,
    served: 0,
    refused: 0,
    misuse: 0,
    codes: new Set(),
    differences: [],
  }
  const batches = Math.ceil(runs / batchSize)
  // Each batch has a seed of its own, so that no more than one has to be held.
  const seeds = fc.sample(fc.noBias(fc.integer()), { seed, numRuns: batches })
  for (const [batch, batchSeed] of seeds.entries()) {
    const numRuns = Math.min(batchSize, runs - batch * batchSize)
    const cases = fc.sample(randomCases, { seed: batchSeed, numRuns })
    const questions = cases.map((one, i) => questionOf(one, `case ${batch * batchSize + i}`))
    const asked = ask(questions)
    const own = await guardAnswers(questions)
    const answers = await asked
    for (const [i, one] of cases.entries()) {
      const [question, guard] = [questions[i] as Question, own[i] as Answer]
      const answer = answers.get(question.id)
      if (answer?.skipped !== undefined) {
        outcome.skipped++
        continue
      }
      count(outcome, guard)
      if (isDeepStrictEqual(guard, answer)) continue
      const kind = kindOf(guard, answer)
      const known = outcome.differences.find((difference) => difference.kind === kind)
      if (known !== undefined) {
        known.count++
        continue
      }
      const isShrunk = outcome.differences.length < mostShrunk
      const shrunk = isShrunk ? await shrink(ask, { kind, seed: batchSeed, index: i, one }) : one
      const number = batch * batchSize + i
      const both = await askBoth(ask, questionOf(shrunk, `seed ${seed}, case ${number}`))
      outcome.differences.push({ kind, count: 1, number, shrunk, ...both })
    }
  }
  return outcome
}

function questionOf(one: RandomCase, name: string): Question {
  const input = inputOf(one)
  const needs = needsOf(one, input)
  // As the runner reads it: without members that are left out.
  const plain = JSON.parse(JSON.stringify(input)) as Question['input']
  return {
    id: `differ: ${name}`,
    family: 'requests',
    ...(needs === undefined ? {} : { needs: needs as NonNullable<Question['needs']> }),
    input: plain,
  }
}

async function guardAnswers(questions: readonly Question[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const { id, input } of questions) {
    const answer = await answerCase(input as unknown as Parameters<typeof answerCase>[0], crypto).catch(
      (fault: unknown) => ({ error: `the guard failed: ${String(fault)}` }),
    )
    answers.push(JSON.parse(JSON.stringify({ id, ...answer })) as Answer)
  }
  return answers
}

async function askBoth(
  ask: Ask,
  question: Question,
): Promise<Pick<Difference, 'question' | 'guard' | 'runner'>> {
  const [guard] = (await guardAnswers([question])) as [Answer]
  return { question, guard, runner: (await ask([question])).get(question.id) }
}

function count(outcome: DifferOutcome, { error, output }: Answer): void {
  outcome.compared++
  if (error !== undefined) outcome.misuse++
  for (const { code } of (output ?? []) as { code: string }[]) {
    outcome.codes.add(code)
    if (code === 'ok') outcome.served++
    else outcome.refused++
  }
}

/** Makes the case again by its place in the batch, and leaves of it as little as is of the same kind. */
async function shrink(
  ask: Ask,
  { kind, seed, index, one }: { kind: string; seed: number; index: number; one: RandomCase },
): Promise<RandomCase> {
  const isOther = async (smaller: RandomCase) => {
    const { guard, runner } = await askBoth(ask, questionOf(smaller, 'shrunk'))
    return isDeepStrictEqual(guard, runner) || kindOf(guard, runner) !== kind
  }
  const found = await fc.check(fc.asyncProperty(randomCases, isOther), {
    seed,
    path: `${index}`,
    numRuns: 1,
  })
  return found.counterexample?.[0] ?? one
}
