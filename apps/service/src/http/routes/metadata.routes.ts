import type { FastifyInstance } from 'fastify'
import { paths, type Jwks } from '@assay/protocol'
import { serviceMetadata, openidConfiguration } from '../../operations/metadata.ts'

/**
 * The metadata of the service: under its own name, because it is not an authorization server (RFC 8414), and as OpenID
 * discovery, for gateways that look for a JWKS there.
 */
export function registerMetadataRoutes(
  instance: FastifyInstance,
  publicUrl: () => string,
  signingKeys: { jwks(): Jwks },
): void {
  for (const [path, describe] of [
    [paths.metadata, serviceMetadata],
    [paths.openidConfiguration, openidConfiguration],
  ] as const)
    instance.get(path, (_request, reply) =>
      reply.header('cache-control', 'max-age=300').send(describe(publicUrl(), signingKeys.jwks())),
    )
}
