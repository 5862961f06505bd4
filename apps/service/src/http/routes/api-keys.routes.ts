import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { apiKeyInput } from '@assay/protocol/schemas'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { ApiKeyUseCases } from '../../provisioning/api-keys.usecases.ts'

export function registerApiKeyRoutes(
  instance: FastifyInstance,
  apiKeys: ApiKeyUseCases,
  { admin, read }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.post('/v1/keys', { onRequest: admin, schema: { body: apiKeyInput } }, async (request, reply) =>
    reply
      .status(201)
      .header('cache-control', 'no-store')
      .send(await apiKeys.add(request.body)),
  )
  routes.get('/v1/keys', { onRequest: read, schema: { querystring: pageQuery } }, ({ query }) =>
    apiKeys.list(pageAsked(query)),
  )
  routes.delete(
    '/v1/keys/:id',
    { onRequest: admin, schema: { params: z.strictObject({ id: z.string() }) } },
    async (request, reply) => {
      await apiKeys.remove(request.params.id)
      return reply.status(204).send()
    },
  )
}
