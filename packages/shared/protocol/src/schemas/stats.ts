import { z } from 'zod'
import { at, count } from './values.ts'

/**
 * The verdict of a shadow policy on what the real one judged: it agrees, would refuse or pass it, or could not be
 * applied.
 */
export const shadowOutcomes = ['shadow_agreed', 'shadow_refused', 'shadow_passed', 'shadow_failed'] as const

export const outcomes = [
  ...['passed', 'refused', 'must_enrol', 'malfunction', 'reported'],
  ...shadowOutcomes,
] as const

/** `must_enrol`: asked to enrol first. `reported`: unsigned reports by SDKs, which anybody can send. */
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
