import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authorisation } from '../authorisation.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { TraceBuffer } from '../../operations/trace-buffer.ts'

export function registerTraceRoutes(
  instance: FastifyInstance,
  traces: Pick<TraceBuffer, 'find'>,
  { read }: Authorisation,
): void {
  const params = z.strictObject({ trace: z.string() })
  instance
    .withTypeProvider<ZodTypeProvider>()
    .get('/v1/attestations/:trace', { onRequest: read, schema: { params } }, async (request) => {
      const trace = await traces.find(request.params.trace)
      if (trace === undefined) throw new ProblemError('trace_not_found')
      return trace
    })
}
