/**
 * The one seam between the steps of an attestation and what is done to whole steps for speed: it wraps a step, and must
 * return what the step returns. `attest.ts` alone defines the steps and their order, however they are wrapped.
 */
export type StepWrapper = <Given extends unknown[], Gives>(
  step: (...given: Given) => Gives | Promise<Gives>,
) => (...given: Given) => Promise<Gives>

/** Runs each step immediately. */
export const unwrapped: StepWrapper =
  (step) =>
  async (...given) =>
    step(...given)
