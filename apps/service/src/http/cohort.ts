import { setImmediate } from 'node:timers/promises'

/** Comes back with the next turn of the event loop, right after whoever waited before. */
export type NextTurn = () => Promise<void>

/**
 * Cohort scheduling: requests that are under way at the same time take each step one right after the other. All but the
 * first then find its code and data in the processor's caches; request by request, every step would fetch them anew,
 * which can take longer than the step itself. Who is alone waits for one turn of the event loop and for nothing else.
 */
export function createCohort(): NextTurn {
  let turn: Promise<void> | undefined
  return () =>
    (turn ??= setImmediate().then(() => {
      turn = undefined
    }))
}
