import { hash } from 'node:crypto'
import type { Clock } from '../system/ports.ts'

/** One use of a challenge. */
export interface Use {
  challenge: string
  /** base64url(SHA-256(label ‖ client data)): a challenge accepts one. */
  binding: string
  /** Milliseconds since 1970, by the clock that challenges are issued by: until when the challenge is valid. */
  expiresAt: number
  /** Names the key that authenticated the challenge. */
  keyId: string
}

/** The result of taking a challenge for a use. */
export type UseOutcome =
  /** Nobody has used it. `at`: milliseconds since 1970, at which the exchange is judged. */
  | { state: 'first'; at: number }
  /** The same client data came before, first at `at`: the exchange is judged as of that time. */
  | { state: 'repeat'; at: number }
  /** Other client data used it. */
  | { state: 'used' }
  /** It has expired. */
  | { state: 'expired' }
  /** The store may have forgotten uses since it was issued. */
  | { state: 'outdated' }
  /** The store remembers as many challenges as it may hold. */
  | { state: 'full' }

/**
 * Each challenge accepts one client data. No answer is kept: only the time of the first use is remembered, from which a
 * repeat derives the same answer. `test/attestation/single-use.suite.ts` states what every driver must do.
 */
export interface SingleUse {
  /** Whether other nodes take challenges here too: the first use of a repeat may then still be under way on one of them. */
  readonly isShared: boolean
  /**
   * Atomic: of several callers with one challenge exactly one is `first`. Rejects if the store gives no answer, which
   * is a malfunction.
   */
  take(use: Use): Promise<UseOutcome>
  /**
   * Releases a challenge whose first use failed by a malfunction and cannot be repeated, or was refused for a quota.
   * Never call it for a use that gave a token, or for any use but the caller's own first one.
   */
  release(use: Use): Promise<void>
}

interface MemoryOptions {
  /** Challenges that are remembered. */
  capacity: number
  /** Milliseconds since 1970: dates the uses. */
  clock: Clock
  /** The clock by which challenges expire: nobody can set it. */
  steady: Clock
}

/** Some 160 bytes each, with the place in the map. */
interface Remembered {
  binding: string
  at: number
}

const sweepInterval = 1_000

/**
 * In memory, for one process. A use is forgotten when its challenge has expired; a challenge that is not younger than a
 * forgotten one is refused, so that none is accepted twice whatever the clock does. For the same reason nothing is
 * evicted to make room.
 */
export function createMemorySingleUse({
  capacity,
  clock,
  steady,
}: MemoryOptions): SingleUse & { held(): number } {
  /** Keyed by expiry in whole seconds: challenges that expire together are forgotten at once. */
  const endingAt = new Map<number, Map<string, Remembered>>()
  let size = 0
  let forgottenUntil = 0
  let nextSweep = 0

  const sweep = (now: number) => {
    if (now < nextSweep) return
    nextSweep = now + sweepInterval
    for (const [expiresAt, uses] of endingAt) {
      if (expiresAt > now) continue
      endingAt.delete(expiresAt)
      size -= uses.size
      forgottenUntil = Math.max(forgottenUntil, expiresAt)
    }
  }

  const usesUntil = (expiresAt: number): Map<string, Remembered> => {
    const known = endingAt.get(expiresAt)
    if (known !== undefined) return known
    const uses = new Map<string, Remembered>()
    endingAt.set(expiresAt, uses)
    return uses
  }

  const take = ({ challenge, binding, expiresAt }: Use): UseOutcome => {
    const now = steady()
    sweep(now)
    if (expiresAt <= Math.max(forgottenUntil, now)) return { state: 'expired' }
    const uses = usesUntil(expiresAt)
    const [key, by] = [compact(challenge), compact(binding)]
    const known = uses.get(key)
    if (known !== undefined)
      return known.binding === by ? { state: 'repeat', at: known.at } : { state: 'used' }
    if (size >= capacity) return { state: 'full' }
    const at = clock()
    uses.set(key, { binding: by, at })
    size += 1
    return { state: 'first', at }
  }

  return {
    isShared: false,
    take: async (use) => take(use),
    /** Challenges that are remembered. */
    held: () => size,
    async release({ challenge, expiresAt }) {
      if (endingAt.get(expiresAt)?.delete(compact(challenge)) === true) size -= 1
    },
  }
}

/** 128 bits of a digest, as a string of 16 bytes: challenges are authentic, and bindings are digests themselves. */
function compact(text: string): string {
  return hash('sha256', text, 'buffer').toString('latin1', 0, 16)
}
