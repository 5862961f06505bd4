import { z } from 'zod'

/** RFC 7517, public keys only. */
export const jwks = z.object({
  keys: z.array(
    z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string(), crv: z.string() }),
  ),
})

/** RFC 8414. */
export const serviceMetadata = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  challenges_uri: z.string(),
  attestations_uri: z.string(),
  status_list_uri_template: z.string(),
  token_signing_algs: z.array(z.string()),
  proof_signing_algs: z.array(z.string()),
  proof_methods: z.array(z.string()),
})

export const openidConfiguration = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
})

export const health = z.object({ status: z.literal('ok') })
