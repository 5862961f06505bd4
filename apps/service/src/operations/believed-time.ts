import type { Clock } from '../system/ports.ts'

/** The latest time of day that was believed. Milliseconds since 1970. */
export interface BelievedTimeStore {
  /** `undefined`: none yet. */
  read(): Promise<number | undefined>
  write(time: number): Promise<void>
}

const hour = 3_600_000
const day = 24 * hour

/** How far the clock may be ahead of the last believed time: services are rarely off for longer. */
const longestGap = 7 * day

/**
 * How much more is believed with each hour of doubt: a correct clock is believed again some hours later, and somebody
 * notices a wrong one before that.
 */
const creep = day

/** For how long a clock that was set, or that went on while the machine slept, must run evenly to be believed. */
const settlesIn = day

interface BelievedTimeOptions {
  store: BelievedTimeStore
  clock: Clock
  /** Milliseconds, which only rise. */
  steady: Clock
}

/** Why the time of day is in doubt; as a line of the log says it. */
export type Doubt = 'the clock was set' | 'the clock is days ahead of when the service was last at work'

/**
 * Whether to believe the time of day; checked before anything old is removed: a clock that has jumped, or that has been
 * months ahead since the process started, would make everything look old.
 */
export function createBelievedTime({ store, clock, steady }: BelievedTimeOptions) {
  let ahead = clock() - steady()
  let evenSince = -Infinity
  const isEven = () => {
    const aheadNow = clock() - steady()
    if (Math.abs(aheadNow - ahead) > hour) {
      ahead = aheadNow
      evenSince = steady()
    }
    return steady() - evenSince >= settlesIn
  }
  return {
    /** At startup: notes the time unless it is in doubt. */
    async note(): Promise<void> {
      const now = clock()
      const believed = await store.read()
      if (believed === undefined || (now > believed && now - believed <= longestGap)) await store.write(now)
    },
    /** Once an hour, before what is old is removed. `undefined`: it may be removed. */
    async doubt(): Promise<Doubt | undefined> {
      if (!isEven()) return 'the clock was set'
      const now = clock()
      const believed = await store.read()
      if (believed === undefined || now - believed <= longestGap) {
        await store.write(Math.max(now, believed ?? now))
        return undefined
      }
      await store.write(believed + creep)
      return 'the clock is days ahead of when the service was last at work'
    },
  }
}
