import type { Clock } from '../system/ports.ts'

/** The latest time of day that was believed. Milliseconds since 1970. */
export interface BelievedTimeStore {
  /** `undefined`: none yet. */
  read(): Promise<number | undefined>
  write(time: number): Promise<void>
}

const day = 24 * 3_600_000

/** By how much the clock may be ahead of what was believed last: a service that was off for longer is rare. */
const longestGap = 7 * day

/**
 * How much more is believed with each hour of doubt: a right clock is believed again some hours later, and somebody
 * notices a wrong one before that.
 */
const creep = day

/**
 * Whether to believe the time of day, asked before anything old is removed: a clock that has been months ahead since
 * the process started would make everything look old.
 */
export function createBelievedTime({ store, clock }: { store: BelievedTimeStore; clock: Clock }) {
  return {
    /** At the start: notes the time unless it is in doubt. */
    async note(): Promise<void> {
      const now = clock()
      const believed = await store.read()
      if (believed === undefined || (now > believed && now - believed <= longestGap)) await store.write(now)
    },
    /** Once an hour, before what is old is removed. */
    async mayRemove(): Promise<boolean> {
      const now = clock()
      const believed = await store.read()
      if (believed === undefined || now - believed <= longestGap) {
        await store.write(Math.max(now, believed ?? now))
        return true
      }
      await store.write(believed + creep)
      return false
    },
  }
}
