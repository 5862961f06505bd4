import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../system/ports.ts'

/**
 * Recently decoded payloads, by a digest over package and token: if an attestation is repeated because another part of
 * the service failed, it costs no second call, and Google counts how often a token is decoded.
 */
export interface DecodedPayloads {
  /** The earlier payload, or the result of `decode`; of several simultaneous calls, one decodes for all. */
  get(packageName: string, token: string, decode: () => Promise<unknown>): Promise<unknown>
}

/** Milliseconds: as long as a challenge, and with it the binding in the token, is valid. */
const lifetime = 120_000
/**
 * Beyond it the oldest is evicted early, and a repeat then costs a second call. Google's default quota is ten times
 * that in a whole day.
 */
const capacity = 1_000

export function decodedPayloads(clock: Clock): DecodedPayloads {
  const entries = new LRUCache<string, Promise<unknown>>({
    max: capacity,
    // An entry expires when it is older than this.
    ttl: lifetime - 1,
    ttlResolution: 0,
    perf: { now: clock },
  })
  return {
    get(packageName, token, decode) {
      const key = createHash('sha256').update(`${packageName}\0${token}`).digest('base64')
      const known = entries.get(key)
      if (known !== undefined) return known
      const payload = decode()
      entries.set(key, payload)
      // A failure is not a payload; its caller gets the error.
      payload.catch(() => {
        if (entries.peek(key) === payload) entries.delete(key)
      })
      return payload
    },
  }
}
