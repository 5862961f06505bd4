import { z } from 'zod'
import { apiKeyScopes, type ApiKeyScope } from '../wire/provisioning.ts'
import { allowEntry } from './ban.ts'
import { appId, areDistinct, at, name, time } from './values.ts'

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/** Public keys that verify provenance: P-256 for ES256, or Ed25519. */
export const provenanceJwk = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
])

/** An API key without its secret. */
export const apiKey = z.object({
  id: z.string(),
  name,
  scope: z.enum(apiKeyScopes),
  /** For `registration`, `provenance` and `support`: its apps. One that is removed is no longer among them. */
  apps: z.array(appId),
  /** Set for a key for provenance; null for all others. */
  public_key: provenanceJwk.nullable(),
  /** For `support`: whether it may let an installation through for a day. False for all others. */
  let_through: z.boolean(),
  created_at: at,
  /** Null: it does not expire. */
  expires_at: at.nullable(),
  /** To about five minutes; null: never, or not since this is recorded. */
  last_used_at: at.nullable(),
})
export type ApiKey = z.infer<typeof apiKey>

/** `prefix`: the first characters of its secret; too few to help anyone guess the rest. */
export const listedApiKey = apiKey.extend({
  prefix: z.string(),
  /** The service did not write it: somebody else who writes to the database did. It opens nothing. */
  refused: z.boolean(),
})
export type ListedApiKey = z.infer<typeof listedApiKey>

/** `secret`: shown only here. A key for provenance has none, because the service has only its public half. */
export const createdApiKey = apiKey.extend({ secret: z.string().exactOptional() })
/** That of a key with a secret. */
export type CreatedApiKey = Required<z.infer<typeof createdApiKey>>

const isOfApps = (scope: ApiKeyScope) =>
  scope === 'registration' || scope === 'provenance' || scope === 'support'

/** Body of `POST /v1/keys`. */
export const apiKeyInput = z
  .strictObject({
    name,
    scope: apiKey.shape.scope,
    /** For `registration`, `provenance` and `support`: its apps, at least one. */
    apps: z.array(appId).max(64).refine(areDistinct).optional(),
    /** Only for `provenance`. */
    public_key: provenanceJwk.optional(),
    /** Only for `support`: whether it may let an installation through for a day. */
    let_through: z.literal(true).optional(),
    /** In the future: from then on the key opens nothing. Default: it does not expire. */
    expires_at: time.optional(),
  })
  .refine((key) => isOfApps(key.scope) === (key.apps?.length ?? 0) > 0, { path: ['apps'] })
  .refine((key) => (key.scope === 'provenance') === (key.public_key !== undefined), { path: ['public_key'] })
  .refine((key) => key.scope === 'support' || key.let_through === undefined, { path: ['let_through'] })
export type ApiKeyInput = z.infer<typeof apiKeyInput>

/** Answer to `DELETE /v1/keys/{id}` if the key has put something on allow lists. */
export const removedKey = z.object({
  let_through: z.array(allowEntry),
  /** Whether that has ended with the key, as it does on request (`with_what_it_let_through`). */
  ended: z.boolean(),
})
export type RemovedKey = z.infer<typeof removedKey>
