/** Maximum seconds for which a refused client is sent away: SDKs obey up to this. */
const longest = 60
/** Seconds over which refused clients are spread while there are few. */
const shortest = 5
/** Seconds over which served requests are counted. */
const span = 5
/** Requests a second that a node is assumed to serve before it has served any. */
const leastServed = 10

/** When refused clients may try again (`Retry-After`, RFC 9110 section 10.2.3). */
export interface RetryAfter {
  /** A request has been answered. */
  served(): void
  /**
   * Seconds after which another one may try again.
   *
   * @param atLeast what its answer says already. Where all answers say the same, it is when the first of them may come
   */
  refused(atLeast?: number): number
}

/**
 * Spreads refused clients at random over twice the time that this node would take to serve everyone it has sent away, 5
 * to 60 seconds. Half of its capacity is left to new clients. This disperses the herd after an outage: clients sent
 * away for only a few seconds would be back before the others are served, and all of them would ask again and again.
 *
 * @param random from 0 to 1
 * @param clock milliseconds that only increase
 */
export function createRetryAfter(random: () => number, clock: () => number): RetryAfter {
  /** How many of those sent away are due in a given second. */
  const due = new Uint32Array(longest + 1)
  const answered = new Uint32Array(span)
  let away = 0
  let recent = 0
  let second = Math.floor(clock() / 1000)

  const advance = () => {
    const now = Math.floor(clock() / 1000)
    for (let at = Math.max(second, now - due.length) + 1; at <= now; at++) {
      away -= take(due, at)
      recent -= take(answered, at)
    }
    second = Math.max(second, now)
  }

  return {
    served() {
      advance()
      add(answered, second)
      recent++
    },
    refused(atLeast = 0) {
      advance()
      const perSecond = Math.max(leastServed, recent / span)
      const spread = Math.min(longest, Math.max(shortest, (2 * away) / perSecond))
      const drawn = 1 + Math.floor(random() * spread)
      const after = drawn < atLeast ? atLeast + drawn : drawn
      add(due, second + Math.min(after, longest))
      away++
      return after
    },
  }
}

function add(seconds: Uint32Array, at: number): void {
  const slot = at % seconds.length
  seconds[slot] = (seconds[slot] ?? 0) + 1
}

/** The count for a second, which starts again at zero. */
function take(seconds: Uint32Array, at: number): number {
  const slot = at % seconds.length
  const count = seconds[slot] ?? 0
  seconds[slot] = 0
  return count
}
