import { z } from 'zod'
import { channels, defaultChannel } from '../wire/provisioning.ts'
import { admissibleTiers, tokenKinds, tokenModes } from '../wire/tier.ts'
import { longestTokenLifetime } from '../wire/token.ts'
import { appId, areDistinct, at, audience, name, policyId } from './values.ts'

/** A web origin as browsers send it (RFC 6454): scheme, host, and port unless it is the default. */
const origin = z
  .string()
  .max(255)
  .regex(/^https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/)

/** What an operator may set, at registration and later. */
const settings = z.object({
  /** Default: the audience. */
  name,
  /** Apps that may request tokens for it. */
  apps: z.array(appId).min(1).max(64).refine(areDistinct),
  /** Channels of builds that get tokens for it. */
  channels: z.array(z.enum(channels)).min(1).refine(areDistinct),
  /** There is no default: an API states which it admits. */
  tiers: z.array(z.enum(admissibleTiers)).min(1).refine(areDistinct),
  mode: z.enum(tokenModes),
  /**
   * `observe`: tokens of every tier but `none` are issued, and the guard reports; `enforce`: only tokens of the
   * admitted tiers are issued.
   */
  enforcement: z.enum(['observe', 'enforce']),
  /** Seconds; at most 900 bound, 300 bearer. */
  token_lifetime: z.number().int().min(30).max(longestTokenLifetime.bound),
  /** Web origins from which browsers may call the two public endpoints for this API. */
  origins: z.array(origin).max(32).refine(areDistinct),
  /** Id of the policy under which evidence is appraised for this API; null: the app's. */
  policy: policyId.nullable(),
  /**
   * The operator's statement that the guards have `allowListed: true`, so that devices on the allow list pass them. It only
   * informs people before they let a device through. No guard reads it.
   */
  allow_listed: z.boolean(),
})

/** The settings of an API that was registered without them. Its name comes from its audience. */
export const apiDefaults = {
  token: 'attestation',
  channels: [defaultChannel],
  mode: 'bound',
  enforcement: 'enforce',
  token_lifetime: 300,
  origins: [],
  policy: null,
  allow_listed: false,
} satisfies Partial<z.infer<typeof settings> & Pick<Api, 'token'>>

/**
 * Fixed at registration: what its tokens are. Stock resource servers tell kinds apart by little, so one audience never has
 * tokens of both. `access`: one app, `enforce`, tiers without `contraindicated`, at most 300 seconds, not for development.
 */
const token = z.enum(tokenKinds)

/** Body of `POST /v1/apis`. */
export const apiInput = settings
  .partial()
  .required({ apps: true, tiers: true })
  .extend({
    /** Its URL, which is the token audience. */
    audience,
    token: token.optional(),
    /** Fixed at registration: it admits development tokens. Its audience is not a production API. */
    development: z.literal(true).optional(),
  })
  .strict()
  .refine((api) => (api.token_lifetime ?? 0) <= longestTokenLifetime[api.mode ?? apiDefaults.mode], {
    path: ['token_lifetime'],
  })
export type ApiInput = z.infer<typeof apiInput>

/**
 * Body of `PATCH /v1/apis/{audience}`: what is left out stays, and a list replaces the whole list. Whether lifetime and
 * mode fit together depends on what stays.
 */
export const apiPatch = settings.partial().strict()
export type ApiPatch = z.infer<typeof apiPatch>

/** A registered API. */
export const api = settings.extend({
  audience,
  // An audience may be longer than a name.
  name: z.string(),
  // It loses those that are removed.
  apps: z.array(appId),
  token,
  development: z.literal(true).optional(),
  created_at: at,
})
export type Api = z.infer<typeof api>
