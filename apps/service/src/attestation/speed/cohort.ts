import { setImmediate } from 'node:timers/promises'
import type { Pace } from './pace.ts'

export interface NextTurn {
  /** Resumes in a coming turn of the event loop, right after the request that waited before it. */
  (): Promise<void>
  /** Requests whose next step is to be taken. */
  waiting(): number
}

/** Requests that take a step in one turn, at most: in a flood, timers and other requests have their turn too. */
export const mostTogether = 64

/**
 * Cohort scheduling: requests that are under way at the same time take each step one right after the other. All but the
 * first then find its code and data in the processor's caches; request by request, every step would fetch them again,
 * which can take longer than the step itself. A request that is alone waits for one turn of the event loop and
 * nothing else.
 *
 * @param most requests that take a step in the turn that comes
 */
export function createCohort(most: () => number = () => mostTogether): NextTurn {
  const waiting: (() => void)[] = []
  let isServing = false

  const serve = async () => {
    isServing = true
    while (waiting.length > 0) {
      await setImmediate()
      for (const take of waiting.splice(0, most())) take()
    }
    isServing = false
  }

  const nextTurn = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (!isServing) void serve()
    })
  return Object.assign(nextTurn, { waiting: () => waiting.length })
}

/** Each step waits for its turn, which it has together with the same step of other requests. */
export function inCohorts(nextTurn: () => Promise<void>): Pace {
  return (step) =>
    async (...given) => {
      await nextTurn()
      return step(...given)
    }
}
