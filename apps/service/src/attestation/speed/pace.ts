/**
 * The one seam between the steps of an attestation and what is done to whole steps for speed: wraps a step, and must give
 * what the step gives. Which steps there are, and their order, is in `attest.ts` whatever the pace.
 */
export type Pace = <Given extends unknown[], Gives>(
  step: (...given: Given) => Gives | Promise<Gives>,
) => (...given: Given) => Promise<Gives>

/** Each step at once. */
export const unpaced: Pace =
  (step) =>
  async (...given) =>
    step(...given)
