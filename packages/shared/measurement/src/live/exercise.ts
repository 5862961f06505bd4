import { utf8 } from '@assay/protocol'

/** Turns 32 bytes derived from the challenge into bytes, the same on both sides and on every engine. */
export type Exercise = (input: Uint8Array) => Uint8Array

/** Exercises by name. A name ends in a version, since an answer that changes would refuse every SDK in the field. */
export type Exercises = Readonly<Record<string, Exercise>>

/** One that throws is taken to have answered so: a finding, not a crash. */
export function carryOutExercise(exercise: Exercise, input: Uint8Array): Uint8Array {
  try {
    return exercise(input)
  } catch {
    return utf8('!threw')
  }
}
