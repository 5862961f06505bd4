import type { FastifyInstance } from 'fastify'
import { allowEntry, apiKeyInput, createdApiKey, listedApiKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { AllowUseCases } from '../../provisioning/allow.usecases.ts'
import type { ApiKeyUseCases } from '../../provisioning/api-keys.usecases.ts'

const keyParams = z.strictObject({ id: z.string() })

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
      summary: 'Remove an API key, and what it has put on allow lists if that is requested',
      caller: 'admin',
      params: keyParams,
      query: z.strictObject({ with_what_it_let_through: z.literal('true').optional() }),
      answers: nothing,
      problems: ['key_not_found', 'key_last_admin'],
    },
    ({ params, query }) =>
      query.with_what_it_let_through === undefined
        ? apiKeys.remove(params.id)
        : removeWithEntries(params.id, apiKeys, allow),
  )
  endpoint(
    {
      route: 'GET /v1/keys/:id/let-through',
      id: 'listLetThrough',
      summary: 'List what an API key has put on allow lists, also if the key has been removed',
      caller: 'admin',
      params: keyParams,
      answers: { 200: z.object({ entries: z.array(allowEntry) }) },
    },
    ({ params }) => allow.ofAuthor(params.id),
  )
}

/** Nothing follows once the key is gone, so the entries go after it; a repeat removes what a failure has left. */
async function removeWithEntries(
  id: string,
  apiKeys: Pick<ApiKeyUseCases, 'remove'>,
  allow: Pick<AllowUseCases, 'endOfAuthor'>,
): Promise<void> {
  const removed = await apiKeys.remove(id).catch((error: unknown) => {
    if (error instanceof ProblemError && error.code === 'key_not_found') return error
    throw error
  })
  if ((await allow.endOfAuthor(id)) === 0 && removed !== undefined) throw removed
}
