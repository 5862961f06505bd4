import type { Answer, Question } from '../driver/contract.ts'
import { answerings } from './answer.ts'
import type { Refusal } from './answering.ts'

/** Features that the TypeScript SDK has not. */
const lacks = new Set(['der', 'redirects'])

export async function answerQuestion({ id, family, input, needs }: Question): Promise<Answer> {
  if (needs !== undefined && lacks.has(needs)) return { id, skipped: needs }
  try {
    const answering = answerings[family]
    if (answering === undefined) return { id, skipped: 'unknown family' }
    return { id, output: await answering(input) }
  } catch (error) {
    const { code, details } = error as Partial<Refusal>
    return { id, error: code ?? String(error), ...(details === undefined ? {} : { details }) }
  }
}
