import type { FastifyInstance } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { SigningKeyUseCases } from '../../operations/signing-keys.usecases.ts'

/** The public keys of tokens (RFC 7517). Relying parties cache them for as long as the answer says. */
export function registerKeyRoutes(
  instance: FastifyInstance,
  signingKeys: Pick<SigningKeyUseCases, 'jwks'>,
): void {
  instance.get(paths.jwks, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type(mediaTypes.jwks)
      .send(JSON.stringify(signingKeys.jwks())),
  )
}

/** For the day when somebody steals a signing key. */
export function registerSigningKeyRoutes(
  instance: FastifyInstance,
  signingKeys: Pick<SigningKeyUseCases, 'rotate'>,
  { admin }: Authorisation,
): void {
  instance.post('/v1/signing-keys/rotate', { onRequest: admin }, async (request, reply) => {
    const rotation = await signingKeys.rotate()
    request.log.warn({ signing: rotation.kid, withdrawn: rotation.withdrawn }, 'signing keys rotated')
    return reply.header('cache-control', 'no-store').send(rotation)
  })
}
