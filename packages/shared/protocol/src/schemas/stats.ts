import { z } from 'zod'
import { at, count } from './values.ts'

/**
 * The verdict of a shadow policy on what the real one judged: it agrees, would refuse or pass it, or could not be
 * applied.
 */
export const shadowOutcomes = ['shadow_agreed', 'shadow_refused', 'shadow_passed', 'shadow_failed'] as const

export const outcomes = [
  ...['passed', 'refused', 'must_enrol', 'malfunction', 'reported', 'unproven', 'unserved'],
  ...shadowOutcomes,
] as const

/** How many attestations of a group ended how. */
const counts = z.object({
  passed: count,
  refused: count,
  malfunctions: count,
  /** Unsigned reports by SDKs, which anybody can send. */
  reported: count,
  /** Asked to enrol first; left out: none was. */
  must_enrol: count.exactOptional(),
  /** Refused before possession of a key was proved, which anybody can cause; left out: none was. */
  unproven: count.exactOptional(),
  /** Requests with 429 or 503; left out: none was. */
  unserved: count.exactOptional(),
  /**
   * The verdicts of a shadow policy on attestations that the real one judged too: `refused` passed, but would be
   * refused; `passed` was refused, but would pass. Left out: no shadow policy was applied.
   */
  shadow: z.object({ judged: count, refused: count, passed: count, failed: count }).exactOptional(),
})

/** Answer to `GET /v1/stats`. */
export const stats = z.object({
  since: at,
  until: at,
  groups: z.array(
    counts.extend({
      /** When the span began. */
      at: at.exactOptional(),
      app: z.string().exactOptional(),
      build: z.string().exactOptional(),
      platform: z.string().exactOptional(),
      outcome: z.enum(outcomes).exactOptional(),
      tier: z.string().exactOptional(),
      code: z.string().exactOptional(),
      evidence: z.string().exactOptional(),
      policy: z.string().exactOptional(),
      /** Empty: the build is not registered by ABI. */
      abi: z.string().exactOptional(),
      /** Empty: the image that was registered first. */
      variant: z.string().exactOptional(),
    }),
  ),
  /** There are more groups than requested. */
  truncated: z.boolean(),
  latency: z.object({
    /** For every bucket: its upper bound, null for the last, and how many it holds. */
    buckets: z.array(z.object({ at_most_ms: z.number().nullable(), count })),
    /** To the bounds of the buckets; null: there were none, or the value exceeds the last bound. */
    p50_ms: z.number().nullable(),
    p90_ms: z.number().nullable(),
    p99_ms: z.number().nullable(),
  }),
})
export type Stats = z.infer<typeof stats>
