import { LRUCache } from 'lru-cache'
import type { Clock } from '../../system/ports.ts'

/** Different phones that make a network one of users: a NAT, an office. A stranger has none. */
const leastPhones = 20
/** Requests beyond its limit, in one window, from which such a network counts. */
const leastLimited = 20
/** Networks that are remembered. Only phones that hardware vouches for add any. */
const mostNetworks = 2_000
/** Milliseconds without a phone that passed, after which a network is forgotten. */
const forgottenAfter = 3_600_000
/** Milliseconds of a window. */
const window = 300_000

const limitCodes: ReadonlySet<string> = new Set(['LIMIT_NETWORK', 'LIMIT_CHALLENGES'])

export type LimitedNetworks = ReturnType<typeof createLimitedNetworks>

/**
 * Tells a network of users that is beyond its limit from a flood: different phones whom hardware vouches for have passed
 * from it. Each node counts what it sees, in bounded memory, and no network leaves it.
 */
export function createLimitedNetworks(steady: Clock) {
  const lasting = { max: mostNetworks, perf: { now: steady }, ttlResolution: 0 }
  const phones = new LRUCache<string, Set<string>>({ ...lasting, ttl: forgottenAfter })
  const limited = new LRUCache<string, { requests: number }>({ ...lasting, ttl: window })
  return {
    /** A phone passed. @param phone the hardware key that vouches for it */
    passed(network: string, phone: string): void {
      const known = phones.get(network) ?? new Set()
      if (known.size < leastPhones) known.add(phone)
      phones.set(network, known)
    },
    /** A request was not served. */
    unserved(network: string, code: string): void {
      if (!limitCodes.has(code) || (phones.get(network)?.size ?? 0) < leastPhones) return
      const count = limited.get(network) ?? { requests: 0 }
      if (count.requests++ === 0) limited.set(network, count)
    },
    /** Networks of users that were beyond a limit within the last minutes. */
    count(): number {
      limited.purgeStale()
      return [...limited.values()].filter(({ requests }) => requests >= leastLimited).length
    },
  }
}
