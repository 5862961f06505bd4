import type { FastifyInstance } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import type { KeyUseCases } from './keys.usecases.ts'

/** The public keys of tokens (RFC 7517). Relying parties keep them for as long as the answer says. */
export function registerKeyRoutes(instance: FastifyInstance, keys: Pick<KeyUseCases, 'jwks'>): void {
  instance.get(paths.jwks, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type(mediaTypes.jwks)
      .send(JSON.stringify(keys.jwks())),
  )
}
