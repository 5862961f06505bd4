import type { FastifyInstance } from 'fastify'
import { searchInput, searchResult } from '@assay/protocol/schemas'
import type { SearchUseCases } from '../../provisioning/search/search.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { appsSeenBy } from '../authorisation/confine.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'

export function registerSearchRoutes(
  scope: FastifyInstance,
  { search }: SearchUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'POST /v1/search',
      id: 'search',
      summary: 'Find traces, installations and builds by whatever names them, with words around it',
      caller: 'search',
      isLarge: true,
      body: searchInput,
      example: { text: 'Ada reads out h8sg zzg7 bk8j kd36 w' },
      answers: { 200: searchResult },
    },
    (request) => search(request.body, appsSeenBy(request)),
  )
}
