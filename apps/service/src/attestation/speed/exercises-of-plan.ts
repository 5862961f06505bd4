import { exercises, type Exercise, type Exercises } from '@assay/measurement'

/**
 * The exercises for one plan, whose outputs are kept: what `refusal.1` says follows from the plan and from the first
 * byte of its input, and working it out takes as long as many reads.
 */
export function exercisesOfPlan(): Exercises {
  const refusal = exercises['refusal.1'] as Exercise
  const outputs: Uint8Array[] = []
  return {
    ...exercises,
    'refusal.1': (input, plan) => {
      const choice = input[0] as number
      return (outputs[choice] ??= refusal(input, plan))
    },
  }
}
