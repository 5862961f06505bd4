import { utf8 } from '@assay/protocol'
import { parsePlan } from '../plan/parse-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { Exercises } from './exercise.ts'

/**
 * The exercises of this package: functions that guard something, carried out on input that the challenge decides, with
 * the Verifier carrying out the same ones. A patch that makes one of them wave things through changes the response.
 */
export const exercises: Exercises = {
  /** How this plan is taken as it is, or with one of several faults. */
  'refusal.1': (input, plan) => utf8(refusalOf(plan, input[0] as number)),
}

function refusalOf(plan: Plan, choice: number): string {
  const faults = [{}, { v: 2 }, { reads: [] }, { epoch: 2 ** 32 }, { more: 1 }]
  try {
    return parsePlan(utf8(JSON.stringify({ ...plan, ...faults[choice % faults.length] }))).seed
  } catch (error) {
    // Not by class: compiled for old engines, a class that extends Error may not know its own.
    return String((error as { code?: unknown }).code)
  }
}
