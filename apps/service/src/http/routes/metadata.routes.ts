import type { FastifyInstance, FastifyReply } from 'fastify'
import { paths, tokenAlgorithms } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'

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

/**
 * RFC 8414 section 3.1: where the issuer has a path, it comes behind the well-known part. The document answers at both
 * places, since a proxy may cut the path off.
 */
export function registerMetadataRoutes(instance: FastifyInstance, publicUrl: () => string): void {
  const answer = (reply: FastifyReply) =>
    reply.header('cache-control', 'max-age=300').send(serverMetadata(publicUrl()))
  instance.get(paths.metadata, (_request, reply) => answer(reply))
  instance.get(`${paths.metadata}/*`, (request, reply) => {
    const { pathname } = new URL(publicUrl())
    if (pathname === '/' || request.url !== `${paths.metadata}${pathname}`)
      throw new ProblemError('not_found')
    return answer(reply)
  })
}
