import { utf8 } from '@assay/protocol'
import { MeasurementError } from '../measurement-error.ts'

/** Turns 32 bytes derived from the challenge into bytes, the same on both sides and on every engine. */
export type Exercise = (input: Uint8Array) => Uint8Array

/** Exercises by name. A name ends in a version, since an answer that changes would refuse every SDK in the field. */
export type Exercises = Readonly<Record<string, Exercise>>

/** What an exercise is taken to have answered when it throws: a finding, not a crash. */
const threw = utf8('!threw')

/** @throws MeasurementError `PLAN_FUNCTION` when `name` is not among the exercises. */
export function exerciseOf(exercises: Exercises, name: string): Exercise {
  const exercise = Object.prototype.hasOwnProperty.call(exercises, name) ? exercises[name] : undefined
  if (exercise === undefined) {
    throw new MeasurementError('PLAN_FUNCTION', 'the plan asks for an exercise that is not declared')
  }
  return exercise
}

export function carryOutExercise(exercise: Exercise, input: Uint8Array): Uint8Array {
  try {
    return exercise(input)
  } catch {
    return threw
  }
}
