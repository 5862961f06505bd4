import { concat, encodeBase64url, equalBytes, utf8 } from '@assay/protocol'
import { parsePlan } from '../plan/parse-plan.ts'
import type { Exercises } from './exercise.ts'

/**
 * The exercises of this package: functions that guard something, carried out on input that the challenge decides, with
 * the Verifier carrying out the same ones. A patch that makes one of them wave things through changes the response.
 */
export const exercises: Exercises = {
  /** Whether two texts compare as equal: the input and itself, the input and what differs in one bit. */
  'compare.1': (input) => {
    const other = concat(input)
    const at = (input[0] as number) % input.length
    other[at] = (other[at] as number) ^ 1
    return new Uint8Array([Number(equalBytes(input, concat(input))), Number(equalBytes(input, other))])
  },
  /** How a plan is refused that is good, or has one of several faults. */
  'plan.1': (input) => utf8(planFault(encodeBase64url(input), input[0] as number)),
}

function planFault(seed: string, choice: number): string {
  const read = `{"op":"range","segment":0,"length":${1 + choice}}`
  const good = `{"v":1,"app":"app","build":"1","epoch":0,"seed":"${seed}","coverage":"image","reads":[${read}],"live":{"show":[],"run":[]},"probes":[]}`
  const texts = [
    good,
    good.replace('"v":1', '"v":2'),
    good.replace(read, ''),
    good.replace('length":', 'length":9000'),
    good.replace('{', '{"epoch":1,'),
  ] as const
  try {
    return parsePlan(utf8(texts[choice % texts.length] as string)).seed
  } catch (error) {
    // Not by class: compiled for old engines, a class that extends Error may not know its own.
    return String((error as { code?: unknown }).code)
  }
}
