import { z } from 'zod'
import type { AttestationTrace } from '../wire/provisioning.ts'
import { at } from './values.ts'

export const traceOutcomes = ['denied', 'malfunction', 'hearsay'] as const

export const trace = z.object({
  trace: z.string(),
  at,
  app: z.string(),
  build: z.string(),
  outcome: z.enum(traceOutcomes),
  code: z.string(),
  segments: z.array(z.string()),
  ear: z.unknown(),
}) satisfies z.ZodType<AttestationTrace>

export const listedTrace = trace.omit({ segments: true, ear: true })
