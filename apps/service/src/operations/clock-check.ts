import type { Clock } from '../system/ports.ts'

/** The latest time of day that was trusted. Milliseconds since 1970. */
export interface ClockCheckStore {
  /** `undefined`: none yet. */
  read(): Promise<number | undefined>
  write(time: number): Promise<void>
}

const hour = 3_600_000
const day = 24 * hour

/** How far the clock may be ahead of the last trusted time: services are rarely off for longer. */
const longestGap = 7 * day

/**
 * How much more is trusted with each hour of doubt: a correct clock is trusted again some hours later, and somebody
 * notices a wrong one before that.
 */
const creep = day

/** For how long a clock that was set, or that went on while the machine slept, must run evenly to be trusted. */
const settlesIn = day

interface ClockCheckOptions {
  store: ClockCheckStore
  clock: Clock
  /** Milliseconds, which only rise. */
  steady: Clock
}

/** Why the time of day is in doubt; as a line of the log says it. */
export type Doubt = 'the clock was set' | 'the clock is days ahead of when the service was last at work'

/**
 * Whether to trust the time of day; checked before anything old is removed: a clock that has jumped, or that has been
 * months ahead since the process started, would make everything look old.
 */
export function createClockCheck({ store, clock, steady }: ClockCheckOptions) {
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
      const lastTrustedTime = await store.read()
      if (lastTrustedTime === undefined || (now > lastTrustedTime && now - lastTrustedTime <= longestGap))
        await store.write(now)
    },
    /** Once an hour, before what is old is removed. `undefined`: it may be removed. */
    async doubt(): Promise<Doubt | undefined> {
      if (!isEven()) return 'the clock was set'
      const now = clock()
      const lastTrustedTime = await store.read()
      if (lastTrustedTime === undefined || now - lastTrustedTime <= longestGap) {
        await store.write(Math.max(now, lastTrustedTime ?? now))
        return undefined
      }
      await store.write(lastTrustedTime + creep)
      return 'the clock is days ahead of when the service was last at work'
    },
  }
}
