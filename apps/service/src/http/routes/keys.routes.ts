import type { FastifyInstance } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import { jwks, rotation } from '@assay/protocol/schemas'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { endpointsFor, openEndpoints } from '../endpoints/register-endpoints.ts'
import type { SigningKeyUseCases } from '../../operations/signing-keys.usecases.ts'

/** The public keys of tokens (RFC 7517). Relying parties cache them for as long as the answer says. */
export function registerKeyRoutes(
  scope: FastifyInstance,
  signingKeys: Pick<SigningKeyUseCases, 'jwks'>,
): void {
  openEndpoints(scope, 'discovery')(
    {
      route: `GET ${paths.jwks}`,
      id: 'getKeys',
      summary: 'Get the public keys of tokens',
      caller: 'anyone',
      answers: { 200: { json: jwks, type: mediaTypes.jwks } },
    },
    (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return signingKeys.jwks()
    },
  )
}

/** For the day when somebody steals a signing key. */
export function registerSigningKeyRoutes(
  scope: FastifyInstance,
  signingKeys: Pick<SigningKeyUseCases, 'rotate'>,
  authorisation: Authorisation,
): void {
  endpointsFor(
    scope,
    'operations',
    authorisation,
  )(
    {
      route: 'POST /v1/signing-keys/rotate',
      id: 'rotateSigningKeys',
      summary: 'Sign with a new key, and withdraw every other one at once',
      caller: 'admin',
      answers: { 200: rotation },
    },
    async (request, reply) => {
      const { kid, withdrawn } = await signingKeys.rotate()
      request.log.warn({ signing: kid, withdrawn }, 'signing keys rotated')
      reply.header('cache-control', 'no-store')
      return { kid, withdrawn }
    },
  )
}
