import { utf8 } from '@assay/protocol'
import { parsePlan } from '../plan/parse-plan.ts'
import type { Exercises } from './exercise.ts'

/**
 * The exercises of this package: functions that guard something, carried out on input that the challenge decides, with
 * the Verifier carrying out the same ones. A patch that makes one of them accept everything changes the response.
 */
export const exercises: Exercises = {
  /** How this plan is taken as it is, or with one of several faults. */
  'refusal.1': (input, plan) => {
    const faults = [{}, { v: 2 }, { reads: [] }, { epoch: 2 ** 32 }, { more: 1 }]
    const fault = faults[(input[0] as number) % faults.length]
    try {
      return utf8(parsePlan(utf8(JSON.stringify({ ...plan, ...fault }))).seed)
    } catch (error) {
      // Not by class: compiled for old engines, a class that extends Error may not recognise its own instances.
      return utf8(String((error as { code?: unknown }).code))
    }
  },
}
