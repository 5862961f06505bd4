import { z } from 'zod'
import type { DevelopmentSecret } from '../wire/provisioning.ts'
import { at, count } from './values.ts'

export const developmentSecret = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  created_at: at,
  expires_at: at,
  revoked_at: at.nullable(),
  last_used_at: at.nullable(),
  uses: count,
}) satisfies z.ZodType<DevelopmentSecret>

export const createdDevelopmentSecret = developmentSecret.extend({ secret: z.string() })
