import { z } from 'zod'
import type { App } from '../wire/provisioning.ts'
import { platforms } from '../wire/tier.ts'
import { at, count } from './values.ts'

export const app = z.object({
  id: z.string(),
  platform: z.enum(platforms),
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
