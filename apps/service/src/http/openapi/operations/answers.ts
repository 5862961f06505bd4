import type {
  DevelopmentSecret,
  Api,
  ApiKey,
  App,
  AttestationResponse,
  AttestationTrace,
  AllowEntry,
  PolicyChanges,
  Ban,
  Build,
  ChallengeResponse,
  StoredPolicy,
} from '@assay/protocol'
import {
  admissibleTiers,
  apiKeyScopes,
  buildWarnings,
  coverages,
  evidencePurposes,
  platforms,
  segmentKinds,
  tokenModes,
} from '@assay/protocol'
import { settingsRemarks } from '@assay/evidence'
import { z } from 'zod'
import { logLevels, type AppActivity, type ServiceStatus } from '../../../operations/doctor.usecases.ts'
import type { AuditVerdict } from '../../../operations/audit/audit.usecases.ts'
import type { AuditEntry } from '../../../operations/audit/ports.ts'
import type { DryRunReport } from '../../../provisioning/dry-run/tally.ts'
import { outcomes, type ListedTrace } from '../../../operations/fleet/ports.ts'
import type { BuildActivity } from '../../../operations/ports.ts'
import type { ListedApiKey } from '../../../provisioning/model/ports.ts'

/**
 * The forms of the service's answers, for the OpenAPI document. Answers are not checked when they are sent: the types
 * are those of the wire, and the tests of the service check each real answer against these.
 */
const at = z.iso.datetime()
const platform = z.enum(platforms)
const tier = z.enum(admissibleTiers)
const scope = z.enum(apiKeyScopes)
const outcome = z.enum(['denied', 'malfunction', 'hearsay'])
const count = z.int().min(0)

export const app = z.object({
  id: z.string(),
  platform,
  name: z.string(),
  package: z.string(),
  signers: z.array(z.string()),
  store_signers: z.array(z.string()),
  upload_signers: z.array(z.string()),
  teams: z.array(z.string()),
  unconfirmed_signers: z.array(z.string()),
  min_version_code: count,
  probes: z.array(z.string()),
  evidence: z.record(z.string(), z.unknown()),
  optional_evidence: z.array(z.string()),
  evidence_since: z.record(z.string(), at),
  unvouched_per_day: count.nullable(),
  policy: z.string().nullable(),
  shadow_policy: z.string().optional(),
  development: z.literal(true).optional(),
  created_at: at,
}) satisfies z.ZodType<App>

const listChanges = z.object({ removed: z.array(z.unknown()), added: z.array(z.unknown()) })

export const policyChanges = z.object({
  id: z.string(),
  from: count,
  to: count,
  required: listChanges,
  rules: listChanges,
  reordered: z.boolean(),
}) satisfies z.ZodType<PolicyChanges>

const segment = z.object({
  name: z.string(),
  kind: z.enum(segmentKinds),
  length: count,
  sha256: z.string(),
})

export const build = z.object({
  app: z.string(),
  id: z.string(),
  format: z.enum(['apk', 'aab', 'apks', 'ipa', 'web']),
  package: z.string(),
  version_name: z.string().nullable(),
  version_code: count,
  min_sdk: count.nullable(),
  target_sdk: count.nullable(),
  debuggable: z.boolean(),
  signers: z.array(z.string()),
  schemes: z.array(z.string()),
  framework: z.string(),
  sdk: z.string().nullable(),
  coverage: z.enum(coverages),
  base: z.string().nullable(),
  splits: z
    .object({
      modules: z.array(z.string()),
      omitted: z.array(z.string()),
      abis: z.array(z.string()),
    })
    .nullable(),
  image_digest: z.string(),
  segments: z.array(segment),
  warnings: z.array(z.enum(buildWarnings)),
  state: z.enum(['active', 'pending', 'retired']),
  created_at: at,
}) satisfies z.ZodType<Build>

export const buildSummary = build.omit({ segments: true })

export const api = z.object({
  audience: z.string(),
  name: z.string(),
  apps: z.array(z.string()),
  tiers: z.array(tier),
  mode: z.enum(tokenModes),
  enforcement: z.enum(['observe', 'enforce']),
  token_lifetime: count,
  origins: z.array(z.string()),
  policy: z.string().nullable(),
  development: z.literal(true).optional(),
  created_at: at,
}) satisfies z.ZodType<Api>

export const policy = z.object({
  id: z.string(),
  version: z.int().min(1),
  preset: z.boolean(),
  document: z.unknown(),
  created_at: at.nullable(),
}) satisfies z.ZodType<StoredPolicy>

const provenanceJwk = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
])

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  scope,
  apps: z.array(z.string()),
  public_key: provenanceJwk.nullable(),
  created_at: at,
  expires_at: at.nullable(),
  last_used_at: at.nullable(),
}) satisfies z.ZodType<ApiKey>

/** `prefix`: how its secret begins. */
export const listedApiKey = apiKey.extend({ prefix: z.string() }) satisfies z.ZodType<ListedApiKey>

/** `secret`: present for all but keys for provenance, of which the service has only the public half. */
export const createdApiKey = apiKey.extend({ secret: z.string().optional() })

export const developmentSecret = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  created_at: at,
  expires_at: at,
  revoked_at: at.nullable(),
  last_used_at: at.nullable(),
  uses: count,
}) satisfies z.ZodType<DevelopmentSecret>

export const createdDevelopmentSecret = developmentSecret.extend({ secret: z.string() })

export const ban = z.object({
  app: z.string(),
  kind: z.string(),
  vouching_key: z.string(),
  audience: z.string().nullable(),
  note: z.string().nullable(),
  author: z.string().nullable(),
  created_at: at,
  expires_at: at.nullable(),
}) satisfies z.ZodType<Ban>

export const allowEntry = z.object({
  app: z.string(),
  audience: z.string(),
  installation: z.string(),
  note: z.string().nullable(),
  author: z.string().nullable(),
  created_at: at,
  expires_at: at,
}) satisfies z.ZodType<AllowEntry>

export const trace = z.object({
  trace: z.string(),
  at,
  app: z.string(),
  build: z.string(),
  outcome,
  code: z.string(),
  segments: z.array(z.string()),
  ear: z.unknown(),
}) satisfies z.ZodType<AttestationTrace>

export const listedTrace = trace.omit({ segments: true, ear: true }) satisfies z.ZodType<ListedTrace>

const estimate = z.object({ count, low: count, high: count })

export const dryRun = z.object({
  app: z.string(),
  audience: z.string(),
  tiers: z.array(z.enum(admissibleTiers)).readonly(),
  policy: z.object({ id: z.string(), version: count }),
  since: at,
  installations: count,
  refused: estimate,
  newly_refused: estimate,
  newly_admitted: estimate,
  reasons: z.array(z.object({ code: z.string(), build: z.string(), count })),
  basis: z.array(
    z.object({
      kind: z.enum(['remembered', 'sampled']),
      installations: count,
      judged: count,
      undecided: count,
    }),
  ),
}) satisfies z.ZodType<DryRunReport>

/** `must_enrol`: asked to enrol first. `reported`: hearsay from SDKs, which anybody can send. */
const counts = {
  ...{ passed: count, refused: count, malfunctions: count, reported: count },
  must_enrol: count.exactOptional(),
  shadow: z.object({ judged: count, refused: count, passed: count, failed: count }).exactOptional(),
}

export const stats = z.object({
  since: at,
  until: at,
  groups: z.array(
    z.object({
      at: at.exactOptional(),
      app: z.string().exactOptional(),
      build: z.string().exactOptional(),
      platform: z.string().exactOptional(),
      outcome: z.enum(outcomes).exactOptional(),
      tier: z.string().exactOptional(),
      code: z.string().exactOptional(),
      evidence: z.string().exactOptional(),
      policy: z.string().exactOptional(),
      ...counts,
    }),
  ),
  truncated: z.boolean(),
  latency: z.object({
    buckets: z.array(z.object({ at_most_ms: z.number().nullable(), count })),
    p50_ms: z.number().nullable(),
    p90_ms: z.number().nullable(),
    p99_ms: z.number().nullable(),
  }),
})

export const auditEntry = z.object({
  number: z.int().min(1),
  at,
  key: z.string().nullable(),
  key_name: z.string(),
  action: z.string(),
  object: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  previous: z.string().length(43),
  hash: z.string().length(43),
}) satisfies z.ZodType<AuditEntry>

export const auditVerdict = z.object({
  ok: z.boolean(),
  head: z.object({ number: count, hash: z.string().length(43) }),
  fault: z.object({ number: count, reason: z.enum(['edited', 'gap', 'end', 'seal', 'head']) }).nullable(),
}) satisfies z.ZodType<AuditVerdict>

export const challenge = z.object({
  attestation_challenge: z.string().length(64),
  plan: z.string(),
  expires_in: count,
  evidence: z.enum(evidencePurposes).exactOptional(),
}) satisfies z.ZodType<ChallengeResponse>

export const attestation = z.object({
  tokens: z.array(z.object({ audience: z.string(), token: z.string(), expires_in: count })),
  refresh_after: count,
  server_time: count,
  trace: z.string(),
}) satisfies z.ZodType<AttestationResponse>

export const serviceStatus = z.object({
  public_url: z.string(),
  host: z.string(),
  store: z.enum(['sqlite', 'postgres']),
  epoch_length: count,
  log_level: z.enum(logLevels),
  trusted_proxies: z.array(z.string()),
  test_vendors: z.boolean(),
  google_credentials: z.boolean(),
  started_at: at,
  server_time: at,
  health: z.object({
    store_latency_ms: z.number().nullable(),
    disk_free_bytes: z.number().nullable(),
    store_timeouts: count,
    caches: z.array(
      z.object({ name: z.enum(['used_challenges', 'plans', 'digests']), held: count, most: count }),
    ),
  }),
  api_key: z.object({ id: z.string(), name: z.string(), scope }),
}) satisfies z.ZodType<ServiceStatus>

export const buildActivity = z.object({
  build: z.string(),
  last_seen_at: at.nullable(),
}) satisfies z.ZodType<BuildActivity>

export const appActivity = z.object({
  app: z.string(),
  since: at,
  refusals: z.array(
    z.object({ build: z.string(), outcome, code: z.string(), count: z.int().min(1), last_at: at }),
  ),
  evidence: z.array(z.object({ name: z.string(), remarks: z.array(z.enum(settingsRemarks)) })),
  installations: z.object({ total: count, without: z.record(z.string(), count) }),
}) satisfies z.ZodType<AppActivity>

/** `form`: JSON Schema of the settings, or of the secret. */
export const evidenceKind = z.object({
  name: z.string(),
  platform,
  form: z.looseObject({}),
  example: z.unknown(),
  secret: z.object({ name: z.string(), form: z.looseObject({}) }).nullable(),
})

export const rotation = z.object({ kid: z.string(), withdrawn: z.array(z.string()) })

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

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  trace: z.string().optional(),
  errors: z
    .array(
      z.object({
        pointer: z.string(),
        code: z.string(),
        detail: z.string().optional(),
        offset: z.int().optional(),
      }),
    )
    .optional(),
  supported: z.array(z.int()).optional(),
  reason: z.string().optional(),
  file: z.string().optional(),
})
