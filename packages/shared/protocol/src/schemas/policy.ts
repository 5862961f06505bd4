import { z } from 'zod'
import { at, count, policyId } from './values.ts'

/** A version of a policy. */
export const policy = z.object({
  id: policyId,
  /** 1, 2, 3 …: one more at each change. */
  version: z.int().min(1),
  preset: z.boolean(),
  /** As it was saved; for a preset, the document to start from. */
  document: z.unknown(),
  /** Null for a preset. */
  created_at: at.nullable(),
})
export type StoredPolicy = z.infer<typeof policy>

/** Members of a list that one version of a policy has, but the other does not. */
const listChanges = z.object({ removed: z.array(z.unknown()), added: z.array(z.unknown()) })
export type ListChanges = z.infer<typeof listChanges>

/** Answer to `GET /v1/policies/{policy}/compare`. */
export const policyChanges = z.object({
  id: policyId,
  /** The two versions. */
  from: count,
  to: count,
  required: listChanges,
  rules: listChanges,
  /** The common rules come in another order. */
  reordered: z.boolean(),
})
export type PolicyChanges = z.infer<typeof policyChanges>
