import { z } from 'zod'
import type { PolicyChanges, StoredPolicy } from '../wire/app-evidence.ts'
import { at, count } from './values.ts'

const listChanges = z.object({ removed: z.array(z.unknown()), added: z.array(z.unknown()) })

export const policyChanges = z.object({
  id: z.string(),
  from: count,
  to: count,
  required: listChanges,
  rules: listChanges,
  reordered: z.boolean(),
}) satisfies z.ZodType<PolicyChanges>

export const policy = z.object({
  id: z.string(),
  version: z.int().min(1),
  preset: z.boolean(),
  document: z.unknown(),
  created_at: at.nullable(),
}) satisfies z.ZodType<StoredPolicy>
