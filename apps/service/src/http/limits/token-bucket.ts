import { LRUCache } from 'lru-cache'

/** So many requests in so many seconds, and as many at once. */
export interface Quota {
  requests: number
  seconds: number
}

export interface Taken {
  allowed: boolean
  /** Whole requests left. */
  remaining: number
  /** Seconds until one more is allowed; 0 when one is. */
  wait: number
}

interface Bucket {
  level: number
  at: number
}

/**
 * Token buckets by key. At most `capacity` are kept: beyond it the one used least recently goes, which gives its
 * key a full bucket again. So memory is bounded whatever the number of senders.
 */
export function createTokenBuckets(
  quota: Quota,
  capacity: number,
  clock: () => number,
): (key: string) => Taken {
  const perMillisecond = quota.requests / (quota.seconds * 1000)
  const buckets = new LRUCache<string, Bucket>({ max: capacity })

  return (key) => {
    const now = clock()
    const bucket = buckets.get(key) ?? { level: quota.requests, at: now }
    // A clock that was set back adds nothing.
    bucket.level = Math.min(quota.requests, bucket.level + Math.max(0, now - bucket.at) * perMillisecond)
    bucket.at = now
    buckets.set(key, bucket)
    const allowed = bucket.level >= 1
    if (allowed) bucket.level -= 1
    const wait = bucket.level >= 1 ? 0 : (1 - bucket.level) / perMillisecond / 1000
    return { allowed, remaining: Math.floor(bucket.level), wait }
  }
}
