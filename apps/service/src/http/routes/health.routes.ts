import type { FastifyInstance } from 'fastify'
import { paths } from '@assay/protocol'
import { health } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import { RetryableError } from '../../faults/retryable-error.ts'
import { openEndpoints } from '../endpoints/register-endpoints.ts'

/** Rejects when the service cannot do its work at the moment. */
export type Readiness = () => Promise<void>

export function registerHealthRoutes(scope: FastifyInstance, isReady: Readiness): void {
  const endpoint = openEndpoints(scope, 'operations')
  endpoint(
    {
      route: `GET ${paths.live}`,
      id: 'isLive',
      summary: 'Tell whether the process lives',
      caller: 'anyone',
      answers: { 200: health },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'ok' }
    },
  )
  endpoint(
    {
      route: `GET ${paths.ready}`,
      id: 'isReady',
      summary: 'Tell whether the service can do its work',
      caller: 'anyone',
      answers: { 200: health },
    },
    async (_request, reply) => {
      await isReady().catch((cause: unknown) => {
        throw new ProblemError('temporarily_unavailable', { retryAfter: 5, reason: reasonOf(cause), cause })
      })
      reply.header('cache-control', 'no-store')
      return { status: 'ok' }
    },
  )
}

/** Code of a known fault; others appear only in the log. */
function reasonOf(cause: unknown): string | undefined {
  return cause instanceof RetryableError && 'code' in cause ? String(cause.code) : undefined
}
