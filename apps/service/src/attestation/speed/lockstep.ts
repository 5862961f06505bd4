import { setImmediate } from 'node:timers/promises'
import type { StepWrapper } from './step-wrapper.ts'

export interface NextTick {
  /**
   * Resumes in a later tick of the event loop, right after the request that waited before it. `undefined`: the request
   * is alone and has waited once, so there is nobody to wait for.
   */
  (): Promise<void> | undefined
  /** Runs `work`, whose requests count as under way from its beginning to its end. */
  request<Given extends unknown[], Gives>(
    work: (...given: Given) => Promise<Gives>,
  ): (...given: Given) => Promise<Gives>
  /** Requests whose next step is pending. */
  waiting(): number
}

/**
 * Maximum number of requests that take a step in one tick: in a flood, timers and other requests must run,
 * too.
 */
export const mostTogether = 64

/**
 * Lockstep: requests that are under way at the same time take each step one right after the other. All but the
 * first then find its code and data in the processor's caches; request by request, every step would fetch them again,
 * which can take longer than the step itself. A request that is alone waits for one tick of the event loop, in which
 * others that arrived with it may join, and for nothing else.
 *
 * @param most requests that take a step in the next tick
 */
export function createLockstep(most: () => number = () => mostTogether): NextTick {
  const waiting: (() => void)[] = []
  let isServing = false
  let underWay = 0
  /** The only request that is under way has taken its step. */
  let isAlone = false

  const serve = async () => {
    isServing = true
    while (waiting.length > 0) {
      await setImmediate()
      isAlone = underWay === 1
      for (const take of waiting.splice(0, most())) take()
    }
    isServing = false
  }

  const nextTick = () =>
    isAlone
      ? undefined
      : new Promise<void>((resolve) => {
          waiting.push(resolve)
          if (!isServing) void serve()
        })
  const request: NextTick['request'] =
    (work) =>
    async (...given) => {
      underWay += 1
      isAlone = false
      try {
        return await work(...given)
      } finally {
        underWay -= 1
        isAlone = false
      }
    }
  return Object.assign(nextTick, { waiting: () => waiting.length, request })
}

/** Each step waits for its tick, which it shares with the same step of other requests. */
export function inLockstep(nextTick: () => Promise<void> | undefined): StepWrapper {
  return (step) =>
    async (...given) => {
      const tick = nextTick()
      if (tick !== undefined) await tick
      return step(...given)
    }
}
