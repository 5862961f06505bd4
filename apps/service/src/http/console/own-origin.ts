import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../../faults/problem-error.ts'

/**
 * Whether a request is for the console by one of its own names: another name that leads here is an attempt to reach
 * loopback by DNS.
 */
export function requireOwnHost(origins: () => readonly string[]) {
  return ({ headers: { host } }: FastifyRequest): void => {
    if (!origins().some((origin) => new URL(origin).host === host?.toLowerCase()))
      throw new ProblemError('origin_refused')
  }
}

/**
 * Whether the console's own page sent it. Another port of the same host is the same *site*, to which the cookie goes
 * too: so the browser's word for the same *origin* is asked for (Fetch Metadata), beside `Origin` where it comes.
 */
export function requireOwnOrigin(origins: () => readonly string[]) {
  return ({ headers }: FastifyRequest): void => {
    const { origin } = headers
    const isOwn =
      headers['sec-fetch-site'] === 'same-origin' && (origin === undefined || origins().includes(origin))
    if (!isOwn) throw new ProblemError('origin_refused')
  }
}
