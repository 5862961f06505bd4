import { isDeepStrictEqual } from 'node:util'
import type { Answer } from '../../wire/driver/contract.ts'

/** By what a difference is known as the same as another: codes of the first request that differs, or the members that do. */
export function kindOf(guard: Answer, answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer'
  if (guard.error !== undefined || answer.error !== undefined)
    return `${guard.error ?? 'an output'}, by the runner ${answer.error ?? 'an output'}`
  const [own, others] = [guard.output, answer.output] as [Members[], Members[]]
  const at = own.findIndex((decision, i) => !isDeepStrictEqual(decision, others[i]))
  const [mine, other] = [own[at], others[at]]
  if (mine === undefined || other === undefined) return 'another number of decisions'
  if (mine['code'] !== other['code']) return `${String(mine['code'])}, by the runner ${String(other['code'])}`
  const names = [...new Set([...Object.keys(mine), ...Object.keys(other)])]
  return `${String(mine['code'])} with other ${names.filter((name) => !isDeepStrictEqual(mine[name], other[name])).join()}`
}

type Members = Readonly<Record<string, unknown>>
