import type { FastifyInstance } from 'fastify'
import { paths, tokenAlgorithms } from '@assay/protocol'

/** Authorization server metadata (RFC 8414, draft-ietf-oauth-attestation-based-client-auth-10 section 10). */
export function serverMetadata(publicUrl: string) {
  const at = (path: string) => `${publicUrl}${path}`
  return {
    issuer: publicUrl,
    jwks_uri: at(paths.jwks),
    challenge_endpoint: at(paths.challenges),
    attestation_endpoint: at(paths.attestations),
    client_attestation_signing_alg_values_supported: [...tokenAlgorithms],
    client_attestation_pop_signing_alg_values_supported: ['ES256'],
    dpop_signing_alg_values_supported: ['ES256'],
    client_attestation_pop_methods_supported: ['dpop_combined', 'attestation_pop_jwt'],
  }
}

/** RFC 8414 section 3.1: where the issuer has a path, the well-known part comes before it. */
export function registerMetadataRoutes(instance: FastifyInstance, publicUrl: string): void {
  const metadata = serverMetadata(publicUrl)
  const { pathname } = new URL(publicUrl)
  const locations = new Set([paths.metadata, `${paths.metadata}${pathname === '/' ? '' : pathname}`])
  for (const location of locations) {
    instance.get(location, (_request, reply) => reply.header('cache-control', 'max-age=300').send(metadata))
  }
}
