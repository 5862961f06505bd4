import type { FastifyInstance } from 'fastify'
import { unregisteredBuilds } from '@assay/protocol/schemas'
import type { UnregisteredBuildUseCases } from '../../operations/fleet/unregistered-builds.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'

/** Builds that many devices name and nobody has registered, as this node sees them. */
export function registerUnregisteredBuildRoutes(
  scope: FastifyInstance,
  builds: UnregisteredBuildUseCases,
  authorisation: Authorisation,
): void {
  endpointsFor(
    scope,
    'operations',
    authorisation,
  )(
    {
      route: 'GET /v1/unregistered-builds',
      id: 'listUnregisteredBuilds',
      summary: 'List the builds that devices of many networks name, and that are not registered or pending',
      caller: 'read',
      answers: { 200: unregisteredBuilds },
    },
    () => builds.list(),
  )
}
