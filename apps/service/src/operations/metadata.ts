import { paths, type Jwks } from '@assay/protocol'

/** The algorithms of the keys in the set, so that nothing is promised that is not used. */
const algorithmsOf = ({ keys }: Jwks) => [...new Set(keys.map(({ alg }) => alg))].sort()

/** The service's endpoints, and the algorithms that sign its tokens and their proofs. */
export function serviceMetadata(publicUrl: string, jwks: Jwks) {
  const at = (path: string) => `${publicUrl}${path}`
  return {
    issuer: publicUrl,
    jwks_uri: at(paths.jwks),
    challenges_uri: at(paths.challenges),
    attestations_uri: at(paths.attestations),
    /** `{api}`: base64url of the audience. */
    status_list_uri_template: at('/v1/status/{api}'),
    token_signing_algs: algorithmsOf(jwks),
    proof_signing_algs: ['ES256'],
    proof_methods: ['dpop_combined', 'attestation_pop_jwt'],
  }
}

/**
 * OpenID Connect Discovery 1.0 section 3, as far as it applies to a service that logs nobody in: gateways take issuer
 * and JWKS from it. There is no authorization endpoint, so a client that wants to log in finds nothing to try.
 */
export function openidConfiguration(publicUrl: string, jwks: Jwks) {
  return {
    issuer: publicUrl,
    jwks_uri: `${publicUrl}${paths.jwks}`,
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithmsOf(jwks),
  }
}
