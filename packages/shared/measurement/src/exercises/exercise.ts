import { utf8 } from '@assay/protocol'
import type { Plan } from '../plan/plan.ts'

/** Turns 32 bytes derived from the challenge, and the plan, into bytes: the same on both sides and on every engine. */
export type Exercise = (input: Uint8Array, plan: Plan) => Uint8Array

/**
 * Exercises by name. A name ends with a version, since a changed answer would cause every SDK in the field to be
 * refused.
 */
export type Exercises = Readonly<Record<string, Exercise>>

/** An exercise that throws counts as an answer: a finding, not a crash. */
export function carryOutExercise(exercise: Exercise, input: Uint8Array, plan: Plan): Uint8Array {
  try {
    return exercise(input, plan)
  } catch {
    return utf8('!threw')
  }
}
