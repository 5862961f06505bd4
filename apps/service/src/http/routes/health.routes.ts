import type { FastifyInstance } from 'fastify'
import { paths } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import { RetryableError } from '../../faults/retryable-error.ts'

/** Rejects when the service cannot do its work at the moment. */
export type Readiness = () => Promise<void>

export function registerHealthRoutes(instance: FastifyInstance, isReady: Readiness): void {
  instance.get(paths.live, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  )
  instance.get(paths.ready, async (_request, reply) => {
    await isReady().catch((cause: unknown) => {
      throw new ProblemError('temporarily_unavailable', { retryAfter: 5, reason: reasonOf(cause), cause })
    })
    return reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })
}

/** Code of a known fault; others appear only in the log. */
function reasonOf(cause: unknown): string | undefined {
  return cause instanceof RetryableError && 'code' in cause ? String(cause.code) : undefined
}
