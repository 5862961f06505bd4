import { z } from 'zod'
import { apiKeyScopes, type ApiKey } from '../wire/provisioning.ts'
import { at } from './values.ts'

const provenanceJwk = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
])

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(apiKeyScopes),
  apps: z.array(z.string()),
  public_key: provenanceJwk.nullable(),
  created_at: at,
  expires_at: at.nullable(),
  last_used_at: at.nullable(),
}) satisfies z.ZodType<ApiKey>

/** `prefix`: how its secret begins. */
export const listedApiKey = apiKey.extend({ prefix: z.string() })

/** `secret`: present for all but keys for provenance, of which the service has only the public half. */
export const createdApiKey = apiKey.extend({ secret: z.string().optional() })
