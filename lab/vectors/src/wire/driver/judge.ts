import { isDeepStrictEqual } from 'node:util'
import type { Case } from '../case/case.ts'
import type { Answer } from './contract.ts'

export type Judgement = 'passed' | 'failed' | 'skipped'

/** Whether an answer is the one that the case wants. Silence is not an answer. */
export function judge(wanted: Case, answer: Answer | undefined): Judgement {
  if (answer === undefined) return 'failed'
  if (answer.skipped !== undefined) return wanted.needs === undefined ? 'failed' : 'skipped'
  const same =
    wanted.error === undefined
      ? answer.error === undefined && isDeepStrictEqual(answer.output, wanted.output)
      : answer.error === wanted.error && answer.output === undefined
  const details = wanted.details === undefined || isDeepStrictEqual(answer.details, wanted.details)
  return same && details ? 'passed' : 'failed'
}
