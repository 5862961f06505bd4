import { setImmediate } from 'node:timers/promises'
import type { Pace } from './pace.ts'

/** Resumes in a coming turn of the event loop, right after the request that waited before it. */
export type NextTurn = () => Promise<void>

/** Requests that take a step in one turn, at most: in a flood, timers and other requests have their turn too. */
const most = 64

/**
 * Cohort scheduling: requests that are under way at the same time take each step one right after the other. All but the
 * first then find its code and data in the processor's caches; request by request, every step would fetch them again,
 * which can take longer than the step itself. A request that is alone waits for one turn of the event loop and
 * nothing else.
 */
export function createCohort(): NextTurn {
  const waiting: (() => void)[] = []
  let isServing = false

  const serve = async () => {
    isServing = true
    while (waiting.length > 0) {
      await setImmediate()
      for (const take of waiting.splice(0, most)) take()
    }
    isServing = false
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (!isServing) void serve()
    })
}

/** Each step waits for its turn, which it has together with the same step of other requests. */
export function inCohorts(nextTurn: NextTurn): Pace {
  return (step) =>
    async (...given) => {
      await nextTurn()
      return step(...given)
    }
}
