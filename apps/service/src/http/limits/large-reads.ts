import { ProblemError } from '../../faults/problem-error.ts'

/** Reads that wait, for each key and in total. */
export const waitingReads = { perKey: 64, all: 1_000 }

/** Seconds after which a reader whose key has too many waiting may come again. */
const retryAfter = 1

interface LargeRead {
  /** Id of the API key, whether it came by a session or not. */
  readonly key: string
  /** The reader has hung up. */
  readonly isGone: () => boolean
}

export type LargeReads = ReturnType<typeof createLargeReads>

/**
 * Carries out reads that may be large one at a time, over all listeners: what they hold in memory is that of one, and
 * between two of them the event loop belongs to others. Keys take turns, so that one with many requests delays the others by
 * one read.
 *
 * @returns runs a read in its turn. @throws ProblemError `rate_limited` if too many wait
 */
export function createLargeReads({ perKey, all } = waitingReads) {
  const waiting = new Map<string, (() => void)[]>()
  let total = 0
  let isBusy = false

  /** The next in turn: its key goes behind the others. */
  const next = () => {
    const [key, reads] = waiting.entries().next().value ?? []
    const first = reads?.shift()
    if (key === undefined || reads === undefined || first === undefined) {
      isBusy = false
      return
    }
    waiting.delete(key)
    if (reads.length > 0) waiting.set(key, reads)
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

  return async <T>({ key, isGone }: LargeRead, read: () => T | Promise<T>): Promise<T> => {
    if (isBusy) await untilNext(key)
    isBusy = true
    try {
      // Nobody reads the answer.
      if (isGone()) throw new ProblemError('request_invalid')
      return await read()
    } finally {
      setImmediate(next)
    }
  }
}
