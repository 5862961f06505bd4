import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { apiInput, apiPatch } from '@assay/protocol/schemas'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { ApiUseCases } from '../../provisioning/apis.usecases.ts'

const audienceParams = z.strictObject({ audience: z.string() })

/** An audience is a URL: it is sent as one encoded path segment or, where that is awkward, in the query. */
export function registerApiRoutes(
  instance: FastifyInstance,
  apis: ApiUseCases,
  { admin, read }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.post('/v1/apis', { onRequest: admin, schema: { body: apiInput } }, async (request, reply) =>
    reply.status(201).send(await apis.add(request.body)),
  )
  routes.get(
    '/v1/apis',
    { onRequest: read, schema: { querystring: pageQuery.extend(audienceParams.partial().shape) } },
    async ({ query: { audience, ...page } }) =>
      audience === undefined ? apis.list(pageAsked(page)) : { apis: [await apis.get(audience)] },
  )
  routes.get('/v1/apis/:audience', { onRequest: read, schema: { params: audienceParams } }, (request) =>
    apis.get(request.params.audience),
  )
  routes.patch(
    '/v1/apis',
    { onRequest: admin, schema: { querystring: audienceParams, body: apiPatch } },
    (request) => apis.update(request.query.audience, request.body),
  )
  routes.patch(
    '/v1/apis/:audience',
    { onRequest: admin, schema: { params: audienceParams, body: apiPatch } },
    (request) => apis.update(request.params.audience, request.body),
  )
  routes.delete(
    '/v1/apis',
    { onRequest: admin, schema: { querystring: audienceParams } },
    async (request, reply) => {
      await apis.remove(request.query.audience)
      return reply.status(204).send()
    },
  )
  routes.delete(
    '/v1/apis/:audience',
    { onRequest: admin, schema: { params: audienceParams } },
    async (request, reply) => {
      await apis.remove(request.params.audience)
      return reply.status(204).send()
    },
  )
}
