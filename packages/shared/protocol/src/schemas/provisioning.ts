import { z } from 'zod'
import { policyIdPattern } from '../wire/app-evidence.ts'
import { sha256HexPattern, thumbprintPattern } from '../wire/identifiers.ts'
import { buildType, predicateType, statementType } from '../wire/provenance.ts'
import { apiKeyScopes, coverages, longestDevelopmentSecret, type ApiKeyScope } from '../wire/provisioning.ts'
import { admissibleTiers, platforms, tokenModes } from '../wire/tier.ts'
import { longestTokenLifetime } from '../wire/token.ts'
import { appId, audience, buildId } from './public.ts'

/** PostgreSQL holds no U+0000, and a store must be movable there. */
const freeText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !text.includes('\0'))
const name = freeText(128)
const distinct = (values: readonly unknown[]) => new Set(values).size === values.length
const versionCode = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** A web origin as browsers send it (RFC 6454): scheme, host, and port unless it is the default. */
const origin = z
  .string()
  .max(255)
  .regex(/^https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/)

/** As many as a plan may ask for, with the names that a plan may have. */
const probes = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/))
  .max(64)
  .refine(distinct)

const policy = z.string().regex(policyIdPattern)
const thumbprint = z.string().regex(thumbprintPattern)
const note = freeText(256)
const time = z.iso.datetime({ offset: true })

/** Body of `POST /v1/apps/{app}/bans`. */
export const banInput = z
  .strictObject({
    audience: audience.optional(),
    installation: thumbprint.optional(),
    key: thumbprint.optional(),
    batch: z.boolean().optional(),
    note: note.optional(),
    expires_at: time.optional(),
  })
  .refine((ban) => (ban.installation === undefined) !== (ban.key === undefined), { path: ['installation'] })
  .refine((ban) => (ban.installation === undefined) === (ban.audience === undefined), { path: ['audience'] })

/** Body of `POST /v1/apps/{app}/allow`. */
export const allowInput = z
  .strictObject({
    audience,
    installation: thumbprint.optional(),
    key: thumbprint.optional(),
    note: note.optional(),
    expires_at: time,
  })
  .refine((entry) => (entry.installation === undefined) !== (entry.key === undefined), {
    path: ['installation'],
  })

const signers = z.array(z.string().regex(sha256HexPattern)).max(16).refine(distinct)

const teams = z
  .array(z.string().regex(/^[A-Z0-9]{10}$/))
  .max(16)
  .refine(distinct)

const evidenceMembers = {
  /** The schemes of the service define the names. */
  optional_evidence: z
    .array(z.string().regex(/^[a-z0-9_]{1,64}$/))
    .max(64)
    .refine(distinct)
    .optional(),
  unvouched_per_day: z.number().int().min(0).max(1e9).nullable().optional(),
}

type EvidenceSettings = z.ZodType<Record<string, unknown>>

/**
 * Body of `POST /v1/apps`.
 *
 * @param evidence form of the settings of the schemes whose evidence the service accepts
 */
export const appInput = (evidence: EvidenceSettings) =>
  z.strictObject({
    id: appId,
    platform: z.enum(platforms),
    name: name.optional(),
    package: freeText(255).optional(),
    signers: signers.optional(),
    store_signers: signers.optional(),
    upload_signers: signers.optional(),
    teams: teams.optional(),
    min_version_code: versionCode.optional(),
    probes: probes.optional(),
    evidence: evidence.optional(),
    ...evidenceMembers,
    development: z.literal(true).optional(),
    policy: policy.optional(),
    shadow_policy: policy.optional(),
  })

/** Body of `PATCH /v1/apps/{app}`. @param evidence as for `appInput` */
export const appPatch = (evidence: EvidenceSettings) =>
  z.strictObject({
    name: name.optional(),
    signers: signers.optional(),
    store_signers: signers.optional(),
    upload_signers: signers.optional(),
    teams: teams.optional(),
    min_version_code: versionCode.optional(),
    probes: probes.optional(),
    evidence: evidence.optional(),
    ...evidenceMembers,
    policy: policy.nullable().optional(),
    shadow_policy: policy.nullable().optional(),
  })

/** Query of `POST /v1/apps/{app}/builds`: every value is text. */
export const buildQuery = z.strictObject({
  id: buildId.optional(),
  coverage: z.enum(coverages).optional(),
  base: buildId.optional(),
  abis: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}(,[a-z0-9_-]{1,32}){0,7}$/)
    .optional(),
  allow_debuggable: z.enum(['true', 'false']).optional(),
  new_signer: z.enum(['true', 'false']).optional(),
  new_team: z.enum(['true', 'false']).optional(),
  allow_debug_signer: z.enum(['true', 'false']).optional(),
  version_code: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .optional(),
})

const apiMembers = {
  name: name.optional(),
  apps: z.array(appId).min(1).max(64).refine(distinct),
  tiers: z.array(z.enum(admissibleTiers)).min(1).refine(distinct),
  mode: z.enum(tokenModes).optional(),
  enforcement: z.enum(['observe', 'enforce']).optional(),
  token_lifetime: z.number().int().min(30).max(longestTokenLifetime.bound).optional(),
  origins: z.array(origin).max(32).refine(distinct).optional(),
}

export const apiInput = z
  .strictObject({
    audience,
    ...apiMembers,
    development: z.literal(true).optional(),
    policy: policy.optional(),
  })
  .refine((api) => (api.token_lifetime ?? 0) <= longestTokenLifetime[api.mode ?? 'bound'], {
    path: ['token_lifetime'],
  })

/** Body of `PATCH /v1/apis/{audience}`. Whether lifetime and mode fit together depends on what stays unchanged. */
export const apiPatch = z.strictObject({
  ...apiMembers,
  apps: apiMembers.apps.optional(),
  tiers: apiMembers.tiers.optional(),
  policy: policy.nullable().optional(),
})

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const provenanceJwk = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
])

/** Body of `POST /v1/development-secrets`. */
export const developmentSecretInput = z.strictObject({
  app: appId,
  name,
  days: z.number().int().min(1).max(longestDevelopmentSecret).optional(),
})

const isOfApps = (scope: ApiKeyScope) => scope === 'registration' || scope === 'provenance'

export const apiKeyInput = z
  .strictObject({
    name,
    scope: z.enum(apiKeyScopes),
    apps: z.array(appId).max(64).refine(distinct).optional(),
    public_key: provenanceJwk.optional(),
    expires_at: time.optional(),
  })
  .refine((key) => isOfApps(key.scope) === (key.apps?.length ?? 0) > 0, { path: ['apps'] })
  .refine((key) => (key.scope === 'provenance') === (key.public_key !== undefined), { path: ['public_key'] })

/** Payload of `Assay-Provenance`: the parameters must have no member that nobody compares. */
export const signedProvenance = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ digest: z.object({ sha256: z.string().regex(sha256HexPattern) }) })]),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    buildDefinition: z.object({
      buildType: z.literal(buildType),
      externalParameters: z.strictObject({
        app: appId,
        build: buildId,
        version_code: versionCode.nullable(),
        base: buildId.nullable(),
      }),
    }),
  }),
})
