import { z } from 'zod'
import type { Api } from '../wire/provisioning.ts'
import { admissibleTiers, tokenModes } from '../wire/tier.ts'
import { at, count } from './values.ts'

export const api = z.object({
  audience: z.string(),
  name: z.string(),
  apps: z.array(z.string()),
  tiers: z.array(z.enum(admissibleTiers)),
  mode: z.enum(tokenModes),
  enforcement: z.enum(['observe', 'enforce']),
  token_lifetime: count,
  origins: z.array(z.string()),
  policy: z.string().nullable(),
  development: z.literal(true).optional(),
  created_at: at,
}) satisfies z.ZodType<Api>
