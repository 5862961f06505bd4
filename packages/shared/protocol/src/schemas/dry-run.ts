import { z } from 'zod'
import { admissibleTiers, tokenKinds } from '../wire/tier.ts'
import { appId, at, audience, count, policyId } from './values.ts'

/** A number of installations; if not all were looked at, an estimate with its 95 % interval. */
const estimate = z.object({ count, low: count, high: count })

/** Answer to `POST /v1/apps/{app}/dry-run`. */
export const dryRun = z.object({
  app: appId,
  audience,
  /** `access`: no API behind it looks at tiers or the allow list, so who is refused here gets nothing there. */
  token: z.enum(tokenKinds),
  tiers: z.array(z.enum(admissibleTiers)).readonly(),
  policy: z.object({ id: policyId, version: count }),
  since: at,
  installations: count,
  /** Installations that would have got no token. */
  refused: estimate,
  /** Those of them that get a token under the current policy. */
  newly_refused: estimate,
  /** Installations that get no token now, but would have got one. */
  newly_admitted: estimate,
  /** The reasons and builds, the most frequent first; at most 20. Estimates. */
  reasons: z.array(z.object({ code: z.string(), build: z.string(), count })),
  /** What the numbers are based on. */
  basis: z.array(
    z.object({
      /** Remembered hardware evidence, or a sample of everything else. */
      kind: z.enum(['remembered', 'sampled']),
      /** The number of installations; for a sample, an estimate. */
      installations: count,
      judged: count,
      /**
       * Looked at, but could not be judged: their evidence would have to be sent again, or nothing was measured for
       * their build.
       */
      undecided: count,
    }),
  ),
})
export type DryRunReport = z.infer<typeof dryRun>
