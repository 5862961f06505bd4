import { z } from 'zod'
import { longestDevelopmentSecret } from '../wire/provisioning.ts'
import { appId, at, count, name } from './values.ts'

/** A secret of a person or a pipeline, which gives tokens for development. */
export const developmentSecret = z.object({
  id: z.string(),
  app: appId,
  name,
  created_at: at,
  expires_at: at,
  /** Null: it was not revoked. */
  revoked_at: at.nullable(),
  /** Null: never. */
  last_used_at: at.nullable(),
  /** How many tokens it has given. */
  uses: count,
})
export type DevelopmentSecret = z.infer<typeof developmentSecret>

/** `secret`: shown only here. */
export const createdDevelopmentSecret = developmentSecret.extend({ secret: z.string() })
export type CreatedDevelopmentSecret = z.infer<typeof createdDevelopmentSecret>

/** Body of `POST /v1/development-secrets`. */
export const developmentSecretInput = z.strictObject({
  /** The app, which must be for development. */
  app: appId,
  /** Who or what uses it: a person, a pipeline. */
  name,
  /** Whole days; default: as many as there may be. */
  days: z.number().int().min(1).max(longestDevelopmentSecret).optional(),
})
export type DevelopmentSecretInput = z.infer<typeof developmentSecretInput>
