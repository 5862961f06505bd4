import { z } from 'zod'
import { admissibleTiers } from '../wire/tier.ts'
import { at, count } from './values.ts'

const estimate = z.object({ count, low: count, high: count })

export const dryRun = z.object({
  app: z.string(),
  audience: z.string(),
  tiers: z.array(z.enum(admissibleTiers)).readonly(),
  policy: z.object({ id: z.string(), version: count }),
  since: at,
  installations: count,
  refused: estimate,
  newly_refused: estimate,
  newly_admitted: estimate,
  reasons: z.array(z.object({ code: z.string(), build: z.string(), count })),
  basis: z.array(
    z.object({
      kind: z.enum(['remembered', 'sampled']),
      installations: count,
      judged: count,
      undecided: count,
    }),
  ),
})
