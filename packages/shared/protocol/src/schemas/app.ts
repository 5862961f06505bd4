import { z } from 'zod'
import { remedyKinds } from '../wire/remedy.ts'
import { admissibleTiers, platforms } from '../wire/tier.ts'
import { appId, areDistinct, at, freeText, name, policyId, sha256Hex, versionCode } from './values.ts'

/** Form of the settings of the schemes whose evidence a service takes, each by its name. */
type EvidenceForm = z.ZodType<Record<string, unknown>>

const signers = z.array(sha256Hex).max(16).refine(areDistinct)
const teams = z
  .array(z.string().regex(/^[A-Z0-9]{10}$/))
  .max(16)
  .refine(areDistinct)

/**
 * What an operator may set, at registration and later. The requests, the answers and the column of the store take a
 * new member from here; what an app has that says nothing of it is in {@link appDefaults}.
 */
const settings = (evidence: EvidenceForm) =>
  z.object({
    /** Default: the app id. */
    name,
    /**
     * SHA-256 (hex) of the signing certificates that builds may carry; if none is given, the first build sets it.
     */
    signers,
    /**
     * The same for those that the store signs with (Play App Signing). Evidence from phones may name them whichever
     * build is measured; otherwise it must name a signer of the measured build.
     */
    store_signers: signers,
    /**
     * The same for those that builds may carry on their way to the store, which no phone ever shows: they never count
     * for evidence.
     */
    upload_signers: signers,
    /**
     * Apple's ids of the teams that sign it, in addition to those in its evidence settings. If there are none, the
     * first IPA that an admin uploads and that such a team has signed sets it.
     */
    teams,
    /** Builds with a lower version code are refused, although registered. */
    min_version_code: versionCode,
    /** The same for builds of the channel `beta`; null: `min_version_code`. */
    beta_min_version_code: versionCode.nullable(),
    /** The same for builds of the channel `internal`; null: `min_version_code`. */
    internal_min_version_code: versionCode.nullable(),
    /**
     * Probes to ask of its SDKs, as far as these declare them: as many as a plan may ask for, with the names that a
     * plan may have. Default: `defaultProbes`.
     */
    probes: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/))
      .max(64)
      .refine(areDistinct),
    /**
     * Kinds of platform evidence that its devices must send, with their settings. If one is left out, the result is
     * `warning` at best.
     */
    evidence,
    /**
     * The kinds among these that devices need not have: phones without the store, phones whose attestation fails. The
     * schemes of the service define the names.
     */
    optional_evidence: z
      .array(z.string().regex(/^[a-z0-9_]{1,64}$/))
      .max(64)
      .refine(areDistinct),
    /**
     * New installations a day (UTC) without a vouching hardware key; null: 1,000 if the app is registered for evidence
     * that gives such a key, otherwise no limit.
     */
    unvouched_per_day: z.number().int().min(0).max(1e9).nullable(),
    /**
     * What a refusal may tell the user of the app to do; the kind tells a reason, too. Default: nothing. Kinds that do not
     * exist on its platform are refused.
     */
    remedies: z.array(z.enum(remedyKinds)).max(remedyKinds.length).refine(areDistinct),
    /** Id of the policy for its evidence; null: `software-only`, or `balanced` if it sends platform evidence. */
    policy: policyId.nullable(),
    /**
     * What an SDK may say its user is called (`reference` of client data). Without it the service reads and forgets
     * that. With it, it keeps an HMAC for at most 30 days, by which operators find the installation.
     */
    references: z.boolean(),
    /** Tiers that somebody from support may let through for a day, where the policy refused them. */
    let_through_tiers: z.array(z.enum(admissibleTiers)).max(3).refine(areDistinct),
    /**
     * Id of a policy that is applied in parallel to the current one: it changes no answer, but its verdicts are
     * counted. Null: none.
     */
    shadow_policy: policyId.nullable(),
  })

/** The settings of an app that was registered without them. Name and probes come from its id and its platform. */
export const appDefaults = {
  signers: [],
  store_signers: [],
  upload_signers: [],
  teams: [],
  min_version_code: 0,
  beta_min_version_code: null,
  internal_min_version_code: null,
  evidence: {},
  optional_evidence: [],
  unvouched_per_day: null,
  remedies: [],
  policy: null,
  shadow_policy: null,
  references: false,
  let_through_tiers: ['warning'],
} satisfies Omit<z.infer<ReturnType<typeof settings>>, 'name' | 'probes'>

/** Body of `POST /v1/apps`. @param evidence form of the settings of the schemes whose evidence the service takes */
export const appInput = (evidence: EvidenceForm) =>
  settings(evidence)
    .partial()
    .extend({
      id: appId,
      platform: z.enum(platforms),
      /** Android package name, or bundle identifier of an iOS app; default: the app id. */
      package: freeText(255).optional(),
      /** Fixed at registration: development secrets give tokens for it, without appraisal, at APIs of the same kind. */
      development: z.literal(true).optional(),
    })
    .strict()
export type AppInput = z.infer<ReturnType<typeof appInput>>

/** Body of `PATCH /v1/apps/{app}`: what is left out stays, and a list replaces the whole list. @param evidence as above */
export const appPatch = (evidence: EvidenceForm) => settings(evidence).partial().strict()
export type AppPatch = z.infer<ReturnType<typeof appPatch>>

/** A registered app. */
export const app = settings(z.record(z.string(), z.unknown())).extend({
  id: appId,
  platform: z.enum(platforms),
  // An id may be longer than a name.
  name: z.string(),
  package: z.string(),
  // Builds add to these two.
  signers: z.array(sha256Hex),
  teams: z.array(z.string()),
  /**
   * Since when a kind of evidence may not be left out. An installation that enrolled before keeps its tier until its
   * evidence is 30 days old.
   */
  evidence_since: z.record(z.string(), at),
  development: z.literal(true).optional(),
  created_at: at,
})
export type App = z.infer<typeof app>
