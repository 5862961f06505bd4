import { z } from 'zod'
import { sha256HexPattern } from '../wire/identifiers.ts'
import { apiKeyScopes, coverages } from '../wire/provisioning.ts'
import { admissibleTiers, platforms, tokenModes } from '../wire/tier.ts'
import { longestTokenLifetime } from '../wire/token.ts'
import { appId, audience, buildId } from './public.ts'

const name = z.string().min(1).max(128)
const distinct = (values: readonly unknown[]) => new Set(values).size === values.length
const versionCode = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** A web origin as browsers send it (RFC 6454): scheme, host, port where it is not the default. */
const origin = z
  .string()
  .max(255)
  .regex(/^https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/)

/** As many as a plan may ask, with the names that a plan may have. */
const probes = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/))
  .max(64)
  .refine(distinct)

export const appInput = z.strictObject({
  id: appId,
  platform: z.enum(platforms),
  name: name.optional(),
  package: z.string().min(1).max(255).optional(),
  signers: z.array(z.string().regex(sha256HexPattern)).max(16).refine(distinct).optional(),
  min_version_code: versionCode.optional(),
  probes: probes.optional(),
})

/** Body of `PATCH /v1/apps/{app}`. */
export const appPatch = z.strictObject({
  name: name.optional(),
  signers: z.array(z.string().regex(sha256HexPattern)).max(16).refine(distinct).optional(),
  min_version_code: versionCode.optional(),
  probes: probes.optional(),
})

/** Query of `POST /v1/apps/{app}/builds`: every value is text. */
export const buildQuery = z.strictObject({
  id: buildId.optional(),
  coverage: z.enum(coverages).optional(),
  allow_debuggable: z.enum(['true', 'false']).optional(),
  version_code: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .optional(),
})

export const apiInput = z
  .strictObject({
    audience,
    name: name.optional(),
    apps: z.array(appId).min(1).max(64).refine(distinct),
    tiers: z.array(z.enum(admissibleTiers)).min(1).refine(distinct),
    mode: z.enum(tokenModes).optional(),
    enforcement: z.enum(['observe', 'enforce']).optional(),
    token_lifetime: z.number().int().min(30).max(longestTokenLifetime.bound).optional(),
    origins: z.array(origin).max(32).refine(distinct).optional(),
  })
  .refine((api) => (api.token_lifetime ?? 0) <= longestTokenLifetime[api.mode ?? 'bound'], {
    path: ['token_lifetime'],
  })

export const apiKeyInput = z
  .strictObject({
    name,
    scope: z.enum(apiKeyScopes),
    apps: z.array(appId).max(64).refine(distinct).optional(),
  })
  .refine((key) => (key.scope === 'registration') === (key.apps?.length ?? 0) > 0, { path: ['apps'] })
