import type { Answer, Question } from '../../wire/driver/contract.ts'
import { askRunner, type Runner } from '../../wire/driver/run-runner.ts'

/**
 * Answers by id. Where the runner ends with a fault, its questions are halved until the one is found that it cannot answer, whose
 * answer is then an error that no verifier gives.
 */
export async function answersOf(
  runner: Runner,
  questions: readonly Question[],
): Promise<ReadonlyMap<string, Answer>> {
  try {
    return await askRunner(runner, questions)
  } catch (fault) {
    const [only, ...more] = questions
    if (only === undefined || (fault as NodeJS.ErrnoException).code === 'ENOENT') throw fault
    if (more.length === 0)
      return new Map([[only.id, { id: only.id, error: `the runner failed: ${String(fault)}` }]])
    const half = questions.length >> 1
    const parts = [questions.slice(0, half), questions.slice(half)]
    return new Map([
      ...(await answersOf(runner, parts[0] as Question[])),
      ...(await answersOf(runner, parts[1] as Question[])),
    ])
  }
}
