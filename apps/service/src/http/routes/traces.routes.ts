import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { TraceBuffer } from '../../operations/trace-buffer.ts'

const tracesQuery = pageQuery.extend({
  app: z.string().max(256).optional(),
  build: z.string().max(256).optional(),
  code: z.string().max(256).optional(),
  outcome: z.enum(['denied', 'malfunction', 'hearsay']).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
})

export function registerTraceRoutes(
  instance: FastifyInstance,
  traces: Pick<TraceBuffer, 'find' | 'list'>,
  { read }: Authorisation,
): void {
  const params = z.strictObject({ trace: z.string() })
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get('/v1/attestations', { onRequest: read, schema: { querystring: tracesQuery } }, ({ query }) => {
    const { app, build, code, outcome, since, ...page } = query
    const from = since === undefined ? undefined : Date.parse(since)
    return traces.list({ app, build, code, outcome, since: from }, pageAsked(page))
  })
  routes.get('/v1/attestations/:trace', { onRequest: read, schema: { params } }, async (request) => {
    const trace = await traces.find(request.params.trace)
    if (trace === undefined) throw new ProblemError('trace_not_found')
    return trace
  })
}
