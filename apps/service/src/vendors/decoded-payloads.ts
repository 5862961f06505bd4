import { createHash } from 'node:crypto'
import type { Clock } from '../system/ports.ts'

/**
 * What was decoded a moment ago, by a digest over package and token: an attestation that comes again, because another
 * part of the service failed, costs no second call, and Google counts how often a token is decoded.
 */
export interface DecodedPayloads {
  /** The payload from before, or what `decode` gives; of several at a time, one decodes for all. */
  get(packageName: string, token: string, decode: () => Promise<unknown>): Promise<unknown>
}

/** Milliseconds: as long as a challenge, and with it the binding in the token, is good. */
const lifetime = 120_000
const capacity = 1_000

export function decodedPayloads(clock: Clock): DecodedPayloads {
  const entries = new Map<string, { payload: Promise<unknown>; until: number }>()

  const makeRoom = (now: number) => {
    // Entries stand in the order in which they end.
    for (const [key, { until }] of entries) {
      if (until > now && entries.size < capacity) return
      entries.delete(key)
    }
  }

  return {
    get(packageName, token, decode) {
      const key = createHash('sha256').update(`${packageName}\0${token}`).digest('base64')
      const now = clock()
      const known = entries.get(key)
      if (known !== undefined && known.until > now) return known.payload
      makeRoom(now)
      const payload = decode()
      const entry = { payload, until: now + lifetime }
      entries.delete(key)
      entries.set(key, entry)
      // A failure is no payload. Who asked is told of it.
      payload.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      return payload
    },
  }
}
