import { z } from 'zod'
import { isReference } from '../wire/reference.ts'
import { longestTraceText } from '../wire/trace-id.ts'
import { ban, listedAllowEntry } from './ban.ts'
import { listedTrace, saidDevice, vouchedDevice } from './trace.ts'
import { audience, appId, at, count, note, thumbprint, time } from './values.ts'

/** What the app calls its user, as in client data. */
const reference = z.string().refine(isReference)

/** The name that the tokens of one API have for an installation. */
export const installationName = z.object({ audience, installation: thumbprint })

/**
 * Body of `POST /v1/apps/{app}/installations/find`: one of the four. A name needs its API. It is a body, so that no log of
 * addresses has the reference.
 */
export const installationQuery = z
  .strictObject({
    key: thumbprint.optional(),
    audience: audience.optional(),
    installation: thumbprint.optional(),
    trace: z.string().max(longestTraceText).optional(),
    reference: reference.optional(),
  })
  .refine(
    ({ key, installation, trace, reference: said }) =>
      [key, installation, trace, said].filter((one) => one !== undefined).length === 1,
    { path: ['key'] },
  )
  .refine((query) => (query.installation === undefined) === (query.audience === undefined), {
    path: ['audience'],
  })
export type InstallationQuery = z.infer<typeof installationQuery>

/** An installation in lists. */
export const listedInstallation = z.object({
  app: appId,
  /** Thumbprint (RFC 7638) of its key. */
  key: thumbprint,
  /** Whether hardware evidence of it is remembered; otherwise only traces are known. */
  remembered: z.boolean(),
  /** To the day if it is remembered; otherwise of the traces that are kept. */
  first_seen: at,
  last_seen: at,
  /** How the look-up found it. A reference is what the app said: nobody has verified it. */
  found_by: z.enum(['key', 'name', 'trace', 'reference']).nullable(),
})
export type ListedInstallation = z.infer<typeof listedInstallation>

/** An installation, what is known of its device, and its history. */
export const installation = listedInstallation.omit({ found_by: true }).extend({
  /** At each API of the app. */
  names: z.array(installationName),
  device: z.object({
    platform: z.string(),
    /** By hardware or its vendor; null: nothing is. */
    vouched: vouchedDevice.extend({ at }).nullable(),
    /** What it only says, in `User-Agent`; null: nothing that is understood. */
    said: saidDevice.extend({ at }).nullable(),
  }),
  /** Formats of the evidence that is remembered. */
  evidence: z.array(z.object({ format: z.string(), verified_at: at })),
  holder_key: z.string().nullable(),
  vouching_key: z.object({ kind: z.string(), id: z.string() }).nullable(),
  /** Others that the same key vouches for, at most 20, the last seen first. */
  other_keys: z.array(z.object({ key: thumbprint, first_seen: at, last_seen: at })),
  /** Ids: those of its newest version code, and those that its traces name. */
  builds: z.array(z.string()),
  /** Refusals and malfunctions that are kept, by day (UTC) and code, the newest day first. */
  refusals: z.array(z.object({ day: z.iso.date(), outcome: z.string(), code: z.string(), times: count })),
  /** The newest traces, at most 20. */
  traces: z.array(listedTrace),
  bans: z.array(ban),
  allowed: z.array(listedAllowEntry),
  /** Whether the app has said a reference for it within 30 days, which nobody has verified. The service does not know it. */
  reference_said_at: at.nullable(),
  /** APIs whose policy has refused it within a day, by its newest trace, and whether somebody from support may let it through. */
  let_through: z.array(
    z.object({
      audience,
      trace: z.string(),
      tier: z.string(),
      code: z.string(),
      /**
       * Null: it is possible. `tier`: the app excludes the tier; `banned`: it is banned; `code`: its code is not the
       * registered one, which the first days of a release admit; `api`: no longer an API of the app, or one of access tokens.
       */
      obstacle: z.enum(['tier', 'banned', 'code', 'api']).nullable(),
      /** Whether the guards of the API take such devices, by its registration. If not, letting through does not help. */
      allow_listed: z.boolean(),
    }),
  ),
})
export type Installation = z.infer<typeof installation>

/** What `DELETE /v1/apps/{app}/installations/{key}` removed, and what it left. */
export const forgotten = z.object({
  removed: z.object({ installations: count, traces: count, allowed: count, samples: count }),
  remain: z.object({
    /** Those of its vouching key, its key and its names: forgetting lifts none. */
    bans: count,
    /** Days on which the vouching key has reached for new installations, which limit it for up to three days. */
    enrolments: count,
  }),
})
export type Forgotten = z.infer<typeof forgotten>

/** Body of `POST /v1/apps/{app}/installations/{key}/let-through`. */
export const letThroughInput = z.strictObject({
  audience,
  /** The refusal by the policy of the API, of this installation and at most a day old. */
  trace: z.string().max(longestTraceText),
  note: note.optional(),
  /** In the future, at most a day from now. */
  expires_at: time,
})
export type LetThroughInput = z.infer<typeof letThroughInput>
