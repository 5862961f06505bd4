import type { FastifyInstance } from 'fastify'
import { paths, type Jwks } from '@assay/protocol'
import { openEndpoints } from '../endpoints/register-endpoints.ts'
import * as forms from '@assay/protocol/schemas'
import { serviceMetadata, openidConfiguration } from '../../operations/metadata.ts'

/**
 * The metadata of the service: under its own name, because it is not an authorization server (RFC 8414), and as OpenID
 * discovery, for gateways that look for a JWKS there.
 */
export function registerMetadataRoutes(
  scope: FastifyInstance,
  publicUrl: () => string,
  signingKeys: { jwks(): Jwks },
): void {
  const endpoint = openEndpoints(scope, 'discovery')
  endpoint(
    {
      route: `GET ${paths.metadata}`,
      id: 'getServiceMetadata',
      summary: 'Get what the service says of itself: endpoints and algorithms',
      caller: 'anyone',
      answers: { 200: forms.serviceMetadata },
    },
    (_request, reply) => {
      reply.header('cache-control', 'max-age=300')
      return serviceMetadata(publicUrl(), signingKeys.jwks())
    },
  )
  endpoint(
    {
      route: `GET ${paths.openidConfiguration}`,
      id: 'getOpenidConfiguration',
      summary: 'Get issuer and JWKS by OpenID discovery; there is nothing to log in at',
      caller: 'anyone',
      answers: { 200: forms.openidConfiguration },
    },
    (_request, reply) => {
      reply.header('cache-control', 'max-age=300')
      return openidConfiguration(publicUrl(), signingKeys.jwks())
    },
  )
}
