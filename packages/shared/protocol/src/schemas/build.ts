import { z } from 'zod'
import { buildFormats, buildWarnings, channels, coverages, segmentKinds } from '../wire/provisioning.ts'
import { mostVariants, shapePattern, variantPattern } from '../wire/identifiers.ts'
import { appId, at, buildId, count, sha256Hex, time, variantName, versionCode } from './values.ts'

const segment = z.object({
  /** Path inside the build. */
  name: z.string(),
  kind: z.enum(segmentKinds),
  /** Bytes. */
  length: count,
  sha256: sha256Hex,
})

/** For a build that reaches devices as splits, each with the code that it needs. */
const splits = z.object({
  /** Modules whose code is measured: `base`, and features that come with the app; `base` first. */
  modules: z.array(z.string()),
  /** Optional modules, which are not measured. */
  omitted: z.array(z.string()),
  /** ABIs that installations may have. A plan is for one of them. */
  abis: z.array(z.string()),
})

/** What a store made of a build, registered beside it: an image of the same build. */
export const buildVariant = z.object({
  name: variantName,
  format: z.enum(buildFormats),
  framework: z.string(),
  sdk: z.string().nullable(),
  signers: z.array(sha256Hex),
  schemes: z.array(z.string()),
  splits: splits.nullable(),
  image_digest: sha256Hex,
  /** By ABI, or under the empty name for a build that is not registered by ABI. */
  shapes: z.record(z.string(), z.string().regex(shapePattern)),
  warnings: z.array(z.enum(buildWarnings)),
  /** `pending`: a registration key added it without provenance, so it is not served until an admin activates it. */
  state: z.enum(['active', 'pending']),
  /** By which challenges name it; null while it is pending. */
  number: z.int().min(1).max(mostVariants).nullable(),
  created_at: at,
})
export type BuildVariant = z.infer<typeof buildVariant>

/** A registered build. */
export const build = z.object({
  app: appId,
  id: buildId,
  format: z.enum(buildFormats),
  package: z.string(),
  version_name: z.string().nullable(),
  version_code: versionCode,
  min_sdk: count.nullable(),
  target_sdk: count.nullable(),
  debuggable: z.boolean(),
  /**
   * SHA-256 (hex) of the signing certificates; empty for an IPA, whose signature the store replaces, and for a web
   * build.
   */
  signers: z.array(sha256Hex),
  /** Signature schemes that verified: `v1`, `v2`, `v3`, `v3.1`. */
  schemes: z.array(z.string()),
  framework: z.string(),
  /** Name and version of the Assay SDK found in its scripts, as `name/version`. */
  sdk: z.string().nullable(),
  coverage: z.enum(coverages),
  /** For whom it is: an API takes tokens only of the channels that it names, and the token says which. */
  channel: z.enum(channels),
  /** From then on it gets no tokens; null: it does not expire. */
  expires_at: at.nullable(),
  /**
   * The first days of a release: until then, devices whose code differs get `warning` at best, if hardware vouches for
   * package, signer and exactly this version code. Null: they are refused.
   */
  difference_until: at.nullable(),
  /** For an update over the air: the native build whose scripts it replaces; null for every other build. */
  base: buildId.nullable(),
  /** Null: devices get the build as it is. */
  splits: splits.nullable(),
  /** Hex SHA-256 over names, lengths and digests of the segments, in name order. */
  image_digest: sha256Hex,
  segments: z.array(segment),
  warnings: z.array(z.enum(buildWarnings)),
  /** `pending`: only its sender vouches for it, so it gets no tokens until an admin activates it. */
  state: z.enum(['active', 'pending', 'retired']),
  created_at: at,
  /** In the order in which they were registered. */
  variants: z.array(buildVariant),
  /** When a variant replaced the image that was registered first; null: devices with that image may attest. */
  first_ended_at: at.nullable(),
})
export type Build = z.infer<typeof build>

/** As in lists. */
export const buildSummary = build.omit({ segments: true })
export type BuildSummary = z.infer<typeof buildSummary>

/** Body of `PATCH /v1/apps/{app}/builds/{build}`: what is left out stays. */
export const buildPatch = z
  .strictObject({
    /** As when a store's track is promoted: the build stays the same. */
    channel: build.shape.channel.optional(),
    /** Later, or sooner; one in the past ends it at once. Null: it does not expire. */
    expires_at: time.nullable().optional(),
    /** At most 14 days after the build was registered; one in the past ends it at once, as null does. */
    difference_until: time.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0)
export type BuildPatch = z.infer<typeof buildPatch>

const flag = z.enum(['true', 'false'])

/**
 * Query of `POST /v1/apps/{app}/builds`: every value is text. The body is the file itself: an APK, an AAB, APKs, an IPA,
 * or a ZIP of a web build's folder.
 */
export const buildQuery = z.strictObject({
  /**
   * Default for an APK and an IPA: `<versionName>+<versionCode>`, with unusual characters as `_`. Required for a web
   * build.
   */
  id: buildId.optional(),
  /**
   * Default `image`; for an IPA `scripts`, and nothing else, because its executables have other bytes on a device.
   * `entry` is only for web builds.
   */
  coverage: z.enum(coverages).optional(),
  /**
   * An update over the air: the file is a ZIP of scripts, each under its name in the build with this id, which is a
   * build for a phone. What the update does not contain stays unchanged. Needs an `id`.
   */
  base: buildId.optional(),
  /** App bundles and split APKs: the ABIs to register, separated by commas. Default: `defaultAbis`. */
  abis: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}(,[a-z0-9_-]{1,32}){0,7}$/)
    .optional(),
  /**
   * The file is what a store made of a registered build: it becomes an image of that build under this name. Version,
   * package, coverage and signers must be the build's.
   */
  variant: variantName.optional(),
  /** With `variant`: the variant that ends in its favour, or `first` for the image that was registered first. */
  replace: z.string().regex(variantPattern).optional(),
  /** For whom it is. Default `production`; an update over the air has that of its base. */
  channel: z.enum(channels).optional(),
  /** In the future: from then on it gets no tokens. Default: it does not expire; an update over the air ends with its base. */
  expires_at: time.optional(),
  /**
   * In whole seconds, at most 14 days from now: until then devices whose code differs get `warning` at best, if hardware
   * vouches for package, signer and exactly this version code. From an admin, or with provenance that names it. Default:
   * they are refused. Not for an update over the air or a variant.
   */
  difference_until: time.optional(),
  allow_debuggable: flag.optional(),
  /** The build brings a signing certificate that is new for the app. The first build does not need this. */
  new_signer: flag.optional(),
  /** The IPA is signed by a team that is new for the app. The first one does not need this. */
  new_team: flag.optional(),
  /** The build is signed with a certificate whose key anyone may have. The app does not learn it. */
  allow_debug_signer: flag.optional(),
  /**
   * Web builds and IPAs: its place in the order of versions, for the app's minimum. Default for an IPA: its
   * `CFBundleVersion` if that is a single integer; required if not. An APK states its own.
   */
  version_code: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .optional(),
})
/** Query of requests that may be about one image of a build: a variant, `first`, or left out for the build. */
export const imageQuery = z.strictObject({ variant: z.string().regex(variantPattern).optional() })

export type BuildQuery = z.infer<typeof buildQuery>
