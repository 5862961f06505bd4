import { z } from 'zod'
import { at, count } from './values.ts'

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
})

export const auditVerdict = z.object({
  ok: z.boolean(),
  head: z.object({ number: count, hash: z.string().length(43) }),
  fault: z.object({ number: count, reason: z.enum(['edited', 'gap', 'end', 'seal', 'head']) }).nullable(),
})
