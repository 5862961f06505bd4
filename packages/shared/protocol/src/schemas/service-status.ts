import { z } from 'zod'
import { settingsRemarks } from '../wire/app-evidence.ts'
import { apiKeyScopes } from '../wire/provisioning.ts'
import { platforms } from '../wire/tier.ts'
import { traceOutcomes } from './trace.ts'
import { at, count } from './values.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

export const serviceStatus = z.object({
  version: z.string(),
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
  api_key: z.object({ id: z.string(), name: z.string(), scope: z.enum(apiKeyScopes) }),
})

export const buildActivity = z.object({
  build: z.string(),
  last_seen_at: at.nullable(),
})

export const appActivity = z.object({
  app: z.string(),
  since: at,
  refusals: z.array(
    z.object({
      build: z.string(),
      outcome: z.enum(traceOutcomes),
      code: z.string(),
      count: z.int().min(1),
      last_at: at,
    }),
  ),
  evidence: z.array(z.object({ name: z.string(), remarks: z.array(z.enum(settingsRemarks)) })),
  installations: z.object({ total: count, without: z.record(z.string(), count) }),
})

/** `form`: JSON Schema of the settings, or of the secret. */
export const evidenceKind = z.object({
  name: z.string(),
  platform: z.enum(platforms),
  form: z.looseObject({}),
  example: z.unknown(),
  secret: z.object({ name: z.string(), form: z.looseObject({}) }).nullable(),
})

export const rotation = z.object({ kid: z.string(), withdrawn: z.array(z.string()) })
