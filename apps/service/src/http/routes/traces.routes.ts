import type { FastifyInstance } from 'fastify'
import { listedTrace, shownTrace } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery, toMillis } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { confine, isConfined } from '../authorisation/confine.ts'
import type { InstallationUseCases } from '../../provisioning/installations/installations.usecases.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { TraceBuffer } from '../../operations/trace-buffer.ts'
import type { SummariseTrace } from '../../operations/trace-summary.ts'

const tracesQuery = pageQuery.extend({
  app: z.string().max(256).optional(),
  build: z.string().max(256).optional(),
  /** Thumbprint of an installation key. */
  key: z.string().max(64).optional(),
  code: z.string().max(256).optional(),
  outcome: z.enum(['denied', 'malfunction', 'hearsay']).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  /** The first moment that does not count. */
  until: z.iso.datetime({ offset: true }).optional(),
})

export function registerTraceRoutes(
  scope: FastifyInstance,
  {
    traces,
    installations,
    summarise,
  }: {
    traces: Pick<TraceBuffer, 'find' | 'list'>
    installations: Pick<InstallationUseCases, 'names'>
    summarise: SummariseTrace
  },
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/attestations',
      id: 'listTraces',
      summary: 'List what is kept of refusals and malfunctions, the newest first',
      caller: 'confined',
      isLarge: true,
      query: tracesQuery,
      answers: { 200: pageOf('attestations', listedTrace) },
    },
    (request) => {
      const { app, build, code, key, outcome, since, until, ...page } = request.query
      const time = { since: toMillis(since), until: toMillis(until) }
      const filter = { app: confine(request, app), build, code, key, outcome, ...time }
      return traces.list(filter, requestedPage(page))
    },
  )
  endpoint(
    {
      route: 'GET /v1/attestations/:trace',
      id: 'getTrace',
      summary: 'Get what is kept of a refusal or malfunction, with what is known of its build and APIs',
      caller: 'confined',
      isLarge: true,
      params: z.strictObject({ trace: z.string() }),
      answers: { 200: shownTrace },
      problems: ['trace_not_found'],
    },
    async (request) => {
      const found = await traces.find(request.params.trace)
      if (found === undefined) throw new ProblemError('trace_not_found')
      confine(request, found.app)
      const { app, key } = found
      return {
        ...found,
        names: key === null ? [] : await installations.names(app, key),
        ...(await summarise(found)),
        may_read_all: !isConfined(request),
      }
    },
  )
}
