import type { FastifyInstance } from 'fastify'
import { listedTrace, trace } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery, toMillis } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { TraceBuffer } from '../../operations/trace-buffer.ts'

const tracesQuery = pageQuery.extend({
  app: z.string().max(256).optional(),
  build: z.string().max(256).optional(),
  code: z.string().max(256).optional(),
  outcome: z.enum(['denied', 'malfunction', 'hearsay']).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  /** The first moment that does not count. */
  until: z.iso.datetime({ offset: true }).optional(),
})

export function registerTraceRoutes(
  scope: FastifyInstance,
  traces: Pick<TraceBuffer, 'find' | 'list'>,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/attestations',
      id: 'listTraces',
      summary: 'List what is kept of refusals and malfunctions, the newest first',
      caller: 'read',
      isLarge: true,
      query: tracesQuery,
      answers: { 200: pageOf('attestations', listedTrace) },
    },
    ({ query: { app, build, code, outcome, since, until, ...page } }) =>
      traces.list(
        { app, build, code, outcome, since: toMillis(since), until: toMillis(until) },
        requestedPage(page),
      ),
  )
  endpoint(
    {
      route: 'GET /v1/attestations/:trace',
      id: 'getTrace',
      summary: 'Get what is kept of a refusal or malfunction',
      caller: 'read',
      params: z.strictObject({ trace: z.string() }),
      answers: { 200: trace },
      problems: ['trace_not_found'],
    },
    async ({ params }) => {
      const found = await traces.find(params.trace)
      if (found === undefined) throw new ProblemError('trace_not_found')
      return found
    },
  )
}
