import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../../faults/problem-error.ts'

/** The apps that the key of a request may look at; undefined: all. */
export function appsSeenBy({ apiKey }: Pick<FastifyRequest, 'apiKey'>): readonly string[] | undefined {
  return apiKey?.scope === 'support' ? apiKey.apps : undefined
}

/** Whether the key of a request sees no more than the installations, bans and traces of its apps. */
export const isConfined = (request: Pick<FastifyRequest, 'apiKey'>): boolean =>
  appsSeenBy(request) !== undefined

/**
 * The app that a list is of: a key that may look at only one app need not name it.
 *
 * @throws ProblemError `scope_insufficient` for an app that the key may not look at, and for all apps
 */
export function confine(
  request: Pick<FastifyRequest, 'apiKey'>,
  app: string | undefined,
): string | undefined {
  const seen = appsSeenBy(request)
  if (seen === undefined) return app
  const named = app ?? (seen.length === 1 ? seen[0] : undefined)
  if (named === undefined || !seen.includes(named)) throw new ProblemError('scope_insufficient')
  return named
}
