import { setImmediate, setTimeout } from 'node:timers/promises'
import { ProblemError } from '../../faults/problem-error.ts'

/** Requests that wait, for each key and in total. */
export const waitingRequests = { perKey: 64, all: 1_000 }

/** Milliseconds that others get at most after one. */
const longestRest = 1_000

const restFor = (milliseconds: number) =>
  milliseconds < 1 ? setImmediate() : setTimeout(milliseconds, undefined, { ref: false })

/** Seconds after which a reader whose key has too many waiting may come again. */
const retryAfter = 1

interface LargeRequest {
  /** Id of the API key, whether it came by a session or not. */
  readonly key: string
  /** The reader has hung up. */
  readonly isGone: () => boolean
}

export type LargeRequests = ReturnType<typeof createLargeRequests>

interface LargeRequestOptions {
  /** Requests that wait, for each key and in total. */
  readonly most?: typeof waitingRequests
  /** Milliseconds that only increase. */
  readonly clock?: () => number
  readonly rest?: (milliseconds: number) => Promise<unknown>
}

/**
 * Carries out requests that may be large one at a time, over all listeners: what they hold in memory is that of one. After each
 * the event loop belongs to others for as long as it took, so that an exchange, which takes a few ticks, waits for one of them
 * at most. Keys go round-robin: one with many requests delays the others by one.
 *
 * @returns carries out a request when it is next. @throws ProblemError `rate_limited` if too many wait
 */
export function createLargeRequests({
  most: { perKey, all } = waitingRequests,
  clock = () => performance.now(),
  rest = restFor,
}: LargeRequestOptions = {}) {
  const waiting = new Map<string, (() => void)[]>()
  let total = 0
  let isBusy = false

  /** The next in turn: its key goes behind the others. */
  const next = () => {
    const [key, requests] = waiting.entries().next().value ?? []
    const first = requests?.shift()
    if (key === undefined || requests === undefined || first === undefined) {
      isBusy = false
      return
    }
    waiting.delete(key)
    if (requests.length > 0) waiting.set(key, requests)
    total -= 1
    first()
  }
  const untilNext = (key: string): Promise<void> => {
    const own = waiting.get(key) ?? []
    if (own.length >= perKey || total >= all)
      throw new ProblemError('rate_limited', { retryAfter, limit: 'LIMIT_KEY' })
    waiting.set(key, own)
    total += 1
    return new Promise((resolve) => own.push(resolve))
  }

  return async <T>({ key, isGone }: LargeRequest, work: () => T | Promise<T>): Promise<T> => {
    if (isBusy) await untilNext(key)
    isBusy = true
    const began = clock()
    try {
      // Nobody reads the answer.
      if (isGone()) throw new ProblemError('request_invalid')
      return await work()
    } finally {
      void rest(Math.min(longestRest, clock() - began)).then(next)
    }
  }
}
