import { z } from 'zod'
import { buildWarnings, coverages, segmentKinds, type Build } from '../wire/provisioning.ts'
import { at, count } from './values.ts'

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
