import { LRUCache } from 'lru-cache'
import { createEvictedBuckets } from './evicted-buckets.ts'

/** So many requests in so many seconds, and the same number in a burst. */
export interface Quota {
  requests: number
  seconds: number
}

/** What a quota says to a request. */
export interface QuotaDecision {
  allowed: boolean
  /** Whole requests left. */
  remaining: number
  /** Seconds until one more is allowed; 0 when one is. */
  wait: number
}

export interface TokenBuckets {
  /** Takes one of the key's tokens. */
  (key: string): QuotaDecision
  /** Puts the token back. */
  giveBack(key: string): void
}

interface Bucket {
  level: number
  at: number
}

/**
 * Token buckets by key. At most `capacity` are kept: beyond it the least recently used one is evicted, and only the
 * time when it is full again is remembered, so that nobody gets a full bucket by using many senders. Memory is bounded
 * whatever their number.
 *
 * @param nodes how many nodes share the quota, each with its own buckets
 */
export function createTokenBuckets(
  quota: Quota,
  capacity: number,
  clock: () => number,
  nodes: () => number = () => 1,
): TokenBuckets {
  /** Requests are spread among several nodes: each gets its share of the total. */
  const cost = () => Math.min(nodes(), quota.requests)
  const perMillisecond = quota.requests / (quota.seconds * 1000)
  const evicted = createEvictedBuckets()
  const buckets = new LRUCache<string, Bucket>({
    // With `max` it would allocate the space for all of them at once: megabytes that most services never use.
    maxSize: capacity,
    sizeCalculation: () => 1,
    dispose({ level, at }, key, reason) {
      if (reason === 'evict' && level < quota.requests)
        evicted.record(key, at + (quota.requests - level) / perMillisecond)
    },
  })
  const newBucket = (key: string, now: number): Bucket => {
    const missing = Math.max(0, evicted.fullAt(key) - now) * perMillisecond
    return { level: Math.max(0, quota.requests - missing), at: now }
  }

  const take = (key: string): QuotaDecision => {
    const now = clock()
    const bucket = buckets.get(key) ?? newBucket(key, now)
    // A clock that was set back adds nothing.
    bucket.level = Math.min(quota.requests, bucket.level + Math.max(0, now - bucket.at) * perMillisecond)
    bucket.at = now
    buckets.set(key, bucket)
    const one = cost()
    const allowed = bucket.level >= one
    if (allowed) bucket.level -= one
    const wait = bucket.level >= one ? 0 : (one - bucket.level) / perMillisecond / 1000
    return { allowed, remaining: Math.floor(bucket.level / one), wait }
  }
  return Object.assign(take, {
    giveBack(key: string): void {
      const bucket = buckets.get(key)
      if (bucket !== undefined) bucket.level = Math.min(quota.requests, bucket.level + cost())
    },
  })
}
