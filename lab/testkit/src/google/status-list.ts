import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

export type ListedStatus = 'REVOKED' | 'SUSPENDED'

/** Google's list of certificates that it no longer vouches for. */
export interface StatusList {
  /** @param serial lower-case hex without leading zeros, as `keybox.serials` has it */
  revoke(serial: string): void
  suspend(serial: string): void
  /** Takes a serial off the list. */
  restore(serial: string): void
  /** Seconds for which its answers may be kept. */
  maxAge: number
  /** How often it was asked, and how often the asker had the list already. */
  readonly asked: number
  readonly unchanged: number
  respond(request: IncomingMessage, response: ServerResponse): void
}

/** Serials of certificates that nobody here has, so that the list is never empty. */
const others: readonly (readonly [serial: string, status: ListedStatus])[] = [
  ['6681152659205225093', 'REVOKED'],
  ['c35747a084470c3135aeefe2b8d40cd6', 'REVOKED'],
  ['f1e2d3c4b5a697887766554433221100', 'SUSPENDED'],
]

export function createStatusList(): StatusList {
  const entries = new Map(others)
  const counts = { asked: 0, unchanged: 0 }
  const list: StatusList = {
    revoke: (serial) => void entries.set(serial, 'REVOKED'),
    suspend: (serial) => void entries.set(serial, 'SUSPENDED'),
    restore: (serial) => void entries.delete(serial),
    maxAge: 86_400,
    get asked() {
      return counts.asked
    },
    get unchanged() {
      return counts.unchanged
    },
    respond: (request, response) => {
      counts.asked += 1
      const body = bodyOf(entries)
      const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
      const headers = { 'cache-control': `public, max-age=${String(list.maxAge)}`, etag }
      if (request.headers['if-none-match'] === etag) {
        counts.unchanged += 1
        response.writeHead(304, headers).end()
      } else {
        response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(body)
      }
    },
  }
  return list
}

function bodyOf(entries: ReadonlyMap<string, ListedStatus>): string {
  const listed = [...entries].map(
    ([serial, status]) => [serial, { status, reason: 'KEY_COMPROMISE' }] as const,
  )
  return JSON.stringify({ entries: Object.fromEntries(listed) })
}
