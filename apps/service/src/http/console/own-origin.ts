import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../../faults/problem-error.ts'

/**
 * Whether a request addresses the console by one of its own names: any other name that leads here is an attempt to
 * reach loopback by DNS.
 */
export function requireOwnHost(origins: () => readonly string[]) {
  return ({ headers: { host } }: FastifyRequest): void => {
    if (!origins().some((origin) => new URL(origin).host === host?.toLowerCase()))
      throw new ProblemError('origin_refused')
  }
}

/**
 * Whether the console's own page sent it. Another port of the same host is the same *site*, which gets the cookie too:
 * so the browser must state the same *origin* (Fetch Metadata), in addition to `Origin` if present.
 */
export function requireOwnOrigin(origins: () => readonly string[]) {
  return ({ headers }: FastifyRequest): void => {
    const { origin } = headers
    const isOwn =
      headers['sec-fetch-site'] === 'same-origin' && (origin === undefined || origins().includes(origin))
    if (!isOwn) throw new ProblemError('origin_refused')
  }
}
