import type { FastifyInstance } from 'fastify'
import { apiKeyInput, createdApiKey, listedApiKey, removedKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { AllowUseCases } from '../../provisioning/allow.usecases.ts'
import type { ApiKeyUseCases } from '../../provisioning/api-keys.usecases.ts'

export function registerApiKeyRoutes(
  scope: FastifyInstance,
  { apiKeys, allow }: { apiKeys: ApiKeyUseCases; allow: Pick<AllowUseCases, 'ofAuthor' | 'endOfAuthor'> },
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
      summary: 'Remove an API key, and list or end what it has put on allow lists',
      caller: 'admin',
      params: z.strictObject({ id: z.string() }),
      query: z.strictObject({ with_what_it_let_through: z.literal('true').optional() }),
      answers: { 200: removedKey, 204: 'nothing' },
      problems: ['key_not_found', 'key_last_admin'],
    },
    async ({ params: { id }, query }) => {
      const isEnded = query.with_what_it_let_through === 'true'
      const notFound = await apiKeys.remove(id).catch(notFoundIn)
      // Nothing follows once the key is gone, so it is read after it.
      const let_through = isEnded ? await allow.endOfAuthor(id) : (await allow.ofAuthor(id)).entries
      // A repeat ends what a failure has left, or what stayed when the key was removed.
      if (notFound !== undefined && (!isEnded || let_through.length === 0)) throw notFound
      return let_through.length === 0
        ? { status: 204, body: undefined }
        : { status: 200, body: { let_through, ended: isEnded } }
    },
  )
}

function notFoundIn(error: unknown): ProblemError {
  if (error instanceof ProblemError && error.code === 'key_not_found') return error
  throw error
}
