import type { FastifyInstance } from 'fastify'
import { apiKeyInput, createdApiKey, listedApiKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { ApiKeyUseCases } from '../../provisioning/api-keys.usecases.ts'

export function registerApiKeyRoutes(
  scope: FastifyInstance,
  apiKeys: ApiKeyUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'POST /v1/keys',
      id: 'addApiKey',
      summary: 'Make an API key, whose secret is shown this once, or register a public key for provenance',
      caller: 'admin',
      body: apiKeyInput,
      example: { name: 'release pipeline', scope: 'registration', apps: ['com.example.app'] },
      answers: { 201: createdApiKey },
      problems: ['app_not_found', 'key_exists'],
    },
    ({ body }, reply) => {
      reply.header('cache-control', 'no-store')
      return apiKeys.add(body)
    },
  )
  endpoint(
    {
      route: 'GET /v1/keys',
      id: 'listApiKeys',
      summary: 'List the API keys, without their secrets',
      caller: 'read',
      query: pageQuery,
      answers: { 200: pageOf('keys', listedApiKey) },
    },
    ({ query }) => apiKeys.list(requestedPage(query)),
  )
  endpoint(
    {
      route: 'DELETE /v1/keys/:id',
      id: 'removeApiKey',
      summary: 'Remove an API key',
      caller: 'admin',
      params: z.strictObject({ id: z.string() }),
      answers: nothing,
      problems: ['key_not_found', 'key_last_admin'],
    },
    ({ params }) => apiKeys.remove(params.id),
  )
}
