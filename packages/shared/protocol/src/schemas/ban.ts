import { z } from 'zod'
import { admissibleTiers } from '../wire/tier.ts'
import { appId, at, audience, note, thumbprint, time } from './values.ts'

/** A key that gets no more tokens at an app: one that vouches for installations, or the key of one installation. */
export const ban = z.object({
  app: appId,
  /** The kind of a scheme of evidence, or one of `installationBanKinds`. */
  kind: z.string(),
  /** Digest that names the key, in the form of its scheme; for an installation, its thumbprint or its name. */
  vouching_key: z.string(),
  /** The API whose tokens name it; null for all other kinds. */
  audience: audience.nullable(),
  note: note.nullable(),
  /** Id of the API key that banned it; null: someone at the machine itself, or before this was recorded. */
  author: z.string().nullable(),
  /** Whether that is a support key that is still there: only such a ban can be lifted or replaced by support. */
  by_support: z.boolean(),
  created_at: at,
  /** Null: it does not expire. */
  expires_at: at.nullable(),
})
export type Ban = z.infer<typeof ban>

/**
 * Body of `POST /v1/apps/{app}/bans`: an installation as the tokens of an API name it (`audience` and `installation`), or by
 * its key.
 */
export const banInput = z
  .strictObject({
    audience: audience.optional(),
    /** The claim `installation`. */
    installation: thumbprint.optional(),
    /** Thumbprint (RFC 7638) of the installation key: the key in `cnf` of its tokens, and of its proofs. */
    key: thumbprint.optional(),
    /** Needed to ban a batch, whose key is in thousands of devices. */
    batch: z.boolean().optional(),
    note: note.optional(),
    /** In the future. Default: it does not expire. */
    expires_at: time.optional(),
  })
  .refine((input) => (input.installation === undefined) !== (input.key === undefined), {
    path: ['installation'],
  })
  .refine((input) => (input.installation === undefined) === (input.audience === undefined), {
    path: ['audience'],
  })
export type BanInput = z.infer<typeof banInput>

/**
 * A test device that gets tokens of one API although the policy refuses it: with its own tier, and the claim `allowed`.
 * Every check before the policy applies to it as to any other device, bans included.
 */
export const allowEntry = z.object({
  /** Its own: one that replaces it, or comes after it was removed, has another. */
  id: z.string(),
  app: appId,
  audience,
  /** As the tokens of the API name it. */
  installation: thumbprint,
  note: note.nullable(),
  /** Id of the API key; null: someone at the machine itself. */
  author: z.string().nullable(),
  created_at: at,
  expires_at: at,
  /** Set if somebody from support let it through: the entry counts for this tier only. Null: for every tier. */
  tier: z.enum(admissibleTiers).nullable(),
})
export type AllowEntry = z.infer<typeof allowEntry>

/** As in lists. */
export const listedAllowEntry = allowEntry.extend({
  /** Set if the service did not write it as it is, or the audit log says that it has been removed: it lets nobody in. */
  refused: z.literal(true).optional(),
})
export type ListedAllowEntry = z.infer<typeof listedAllowEntry>

/** Body of `POST /v1/apps/{app}/allow`: either `installation` or `key`. */
export const allowInput = z
  .strictObject({
    audience,
    /** The claim `installation` of a token of this API. */
    installation: thumbprint.optional(),
    /** Thumbprint (RFC 7638) of the installation key. */
    key: thumbprint.optional(),
    note: note.optional(),
    /** In the future, at most `longestAllowEntry` days from now. */
    expires_at: time,
  })
  .refine((input) => (input.installation === undefined) !== (input.key === undefined), {
    path: ['installation'],
  })
export type AllowInput = z.infer<typeof allowInput>
