import type { AppEvidence } from './app-evidence.ts'
import type { ProvenanceJwk } from './provenance.ts'
import type { AdmissibleTier, Platform } from './tier.ts'

/**
 * What a key may do: `admin`: everything; `read`: read everything that operators see; `support`: also ban
 * installations; `policy`: read, and also change policies; `registration`: only add and list builds of the apps it
 * names. A key of scope `provenance` opens nothing: it is the public key of a pipeline, whose signature vouches for
 * builds of the apps it names.
 */
export const apiKeyScopes = ['admin', 'read', 'support', 'policy', 'registration', 'provenance'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

/** Body of `POST /v1/apps`. */
export interface AppInput {
  id: string
  platform: Platform
  name?: string
  /** Android package name, or bundle identifier of an iOS app; default: the app id. */
  package?: string
  /** SHA-256 (hex) of the signing certificates that builds may carry; if none is given, the first build sets it. */
  signers?: string[]
  /**
   * The same for those that the store signs with (Play App Signing). Evidence from phones may name them whichever build
   * is measured; otherwise it must name a signer of the measured build.
   */
  store_signers?: string[]
  /**
   * The same for those that builds may carry on their way to the store, which no phone ever shows: they never count
   * for evidence.
   */
  upload_signers?: string[]
  /**
   * Apple's ids of the teams that sign it, in addition to those in its evidence settings. If there are none, the first
   * IPA that an admin uploads and that such a team has signed sets it.
   */
  teams?: string[]
  /** Builds with a lower version code are refused, although registered. */
  min_version_code?: number
  /** Probes to ask of its SDKs, as far as these declare them; default: {@link defaultProbes}. */
  probes?: string[]
  /** Kinds of platform evidence that its devices must send; default: none. */
  evidence?: AppEvidence
  /**
   * The kinds among these that devices need not have: phones without the store, phones whose attestation fails.
   * Default: none.
   */
  optional_evidence?: string[]
  /**
   * New installations a day (UTC) without a vouching hardware key; null, the default: 1,000 if the app is registered
   * for evidence that gives such a key, otherwise no limit.
   */
  unvouched_per_day?: number | null
  /** Fixed at registration: development secrets give tokens for it, without appraisal, at APIs of the same kind. */
  development?: true
  /** Id of the policy for its evidence; default: `software-only`, or `balanced` if it sends platform evidence. */
  policy?: string
  /**
   * Id of a policy that is applied in parallel to the current one: it changes no answer, but its verdicts are counted.
   * Default: none.
   */
  shadow_policy?: string
}

const scriptProbes = ['js.automation', 'js.crypto', 'js.debugger', 'js.replaced'] as const

/**
 * Probes that no released app trips on a user's device, by platform: those of the SDK in JavaScript, and those of the
 * platform's own. Some users choose root, jailbreak, emulators and clones, so these are asked only if wanted.
 */
export const defaultProbes: Readonly<Record<Platform, readonly string[]>> = {
  android: ['android.automation', 'android.debugger', 'android.hooks', ...scriptProbes],
  ios: ['ios.debugger', 'ios.hooks', 'ios.injected', 'ios.simulator', ...scriptProbes],
  web: scriptProbes,
  node: scriptProbes,
}

export interface App {
  id: string
  platform: Platform
  name: string
  package: string
  signers: string[]
  store_signers: string[]
  upload_signers: string[]
  /** Those among `store_signers` that an upgrade took over from registered builds, and that nobody has confirmed. */
  unconfirmed_signers: string[]
  /** See `AppInput`. */
  teams: string[]
  min_version_code: number
  /** Probes that are asked, as far as the SDK of a build declares them. */
  probes: string[]
  /** Kinds of platform evidence that it may send. If one is left out, the result is `warning` at best. */
  evidence: AppEvidence
  /** The kinds among these that may be left out. */
  optional_evidence: string[]
  /**
   * RFC 3339: since when a kind may not be left out. An installation that enrolled before keeps its tier until its evidence
   * is 30 days old.
   */
  evidence_since: Readonly<Record<string, string>>
  /** See `AppInput`. */
  unvouched_per_day: number | null
  /** Whether it is for development; see `AppInput`. */
  development?: true | undefined
  /** Policy for its evidence; null: the default one. */
  policy: string | null
  /** See `AppInput`; left out: none. */
  shadow_policy?: string | undefined
  /** RFC 3339. */
  created_at: string
}

/**
 * Kinds of segments in a code image. `resource`: a file of an iOS app that reaches devices as it is. `text`: a
 * section of `__TEXT` as it is in memory, which belongs to a separate second image.
 */
export const segmentKinds = ['dex', 'native', 'script', 'hermes', 'resource', 'text'] as const
export type SegmentKind = (typeof segmentKinds)[number]

/**
 * Which segments are measured: all of them, or only the scripts (React Native and hybrid readers). `entry`, only for
 * web builds: all but the modules that the page loads later and whose digests its import map pins.
 */
export const coverages = ['image', 'scripts', 'entry'] as const
export type Coverage = (typeof coverages)[number]

/** Days after the retirement of a build for which an admin can take it back. */
export const restorableDays = 30

export interface SegmentSummary {
  /** Path inside the build. */
  name: string
  kind: SegmentKind
  /** Bytes. */
  length: number
  /** Hex. */
  sha256: string
}

/** What registration warns about, in addition to what it refuses. */
export const buildWarnings = [
  'debuggable',
  'built_for_simulator',
  'test_only',
  'signed_with_debug_certificate',
  'signed_with_v1_only',
  'no_sdk_segment',
  'sdk_manifest_incomplete',
  'new_signer_recorded',
  'new_team_recorded',
  'signer_unknown',
  'modules_not_measured',
  'text_not_measured',
  'signer_not_apple',
  'signing_certificate_new',
  'files_not_sealed',
] as const
export type BuildWarning = (typeof buildWarnings)[number]

/** For a build that reaches devices as splits, each with the code that it needs. */
export interface BuildSplits {
  /** Modules whose code is measured: `base`, and features that come with the app; `base` first. */
  modules: string[]
  /** Optional modules, which are not measured. */
  omitted: string[]
  /** ABIs that installations may have. A plan is for one of them. */
  abis: string[]
}

/** ABIs that are registered by default, as far as the build has native code for them. */
export const defaultAbis = ['arm64-v8a', 'armeabi-v7a'] as const

/** A registered build. */
export interface Build {
  app: string
  id: string
  format: 'apk' | 'aab' | 'apks' | 'ipa' | 'web'
  package: string
  version_name: string | null
  version_code: number
  min_sdk: number | null
  target_sdk: number | null
  debuggable: boolean
  /**
   * SHA-256 (hex) of the signing certificates; empty for an IPA, whose signature the store replaces, and for a web
   * build.
   */
  signers: string[]
  /** Signature schemes that verified: `v1`, `v2`, `v3`, `v3.1`. */
  schemes: string[]
  framework: string
  /** Name and version of the Assay SDK found in its scripts, as `name/version`. */
  sdk: string | null
  coverage: Coverage
  /** Hex SHA-256 over names, lengths and digests of the segments, in name order. */
  /** For an update over the air: the native build whose scripts it replaces; null for every other build. */
  base: string | null
  /** null: devices get the build as it is. */
  splits: BuildSplits | null
  image_digest: string
  segments: SegmentSummary[]
  warnings: BuildWarning[]
  /** `pending`: only its sender vouches for it, so it gets no tokens until an admin activates it. */
  state: 'active' | 'pending' | 'retired'
  created_at: string
}

/**
 * Query of `POST /v1/apps/{app}/builds`; the body is the file itself: an APK, an IPA, or a ZIP of a web build's folder.
 */
export interface BuildQuery {
  /**
   * Default for an APK and an IPA: `<versionName>+<versionCode>`, with unusual characters as `_`. Required for a web
   * build.
   */
  id?: string
  /**
   * Default `image`; for an IPA `scripts`, and nothing else, because its executables have other bytes on a device.
   * `entry` is only for web builds.
   */
  coverage?: Coverage
  allow_debuggable?: boolean
  /** The build brings a signing certificate that is new for the app. The first build does not need this. */
  new_signer?: boolean
  /** The IPA is signed by a team that is new for the app. The first one does not need this. */
  new_team?: boolean
  /** The build is signed with a certificate whose key anyone may have. The app does not learn it. */
  allow_debug_signer?: boolean
  /**
   * An update over the air: the file is a ZIP of scripts, each under its name in the build with this id, which is a
   * build for a phone. What the update does not contain stays unchanged. Needs an `id`.
   */
  base?: string
  /** App bundles and split APKs: the ABIs to register, separated by commas. Default: {@link defaultAbis}. */
  abis?: string
  /**
   * Web builds and IPAs: its place in the order of versions, for the app's minimum. Default for an IPA: its
   * `CFBundleVersion` if that is a single integer; required if not. An APK states its own.
   */
  version_code?: number
}

/** Body of `POST /v1/apis`. There is no default for `tiers`: an API states which it accepts. */
export interface ApiInput {
  /** Its URL, which is the token audience. */
  audience: string
  name?: string
  /** Apps that may request tokens for it. */
  apps: string[]
  tiers: AdmissibleTier[]
  mode?: 'bound' | 'bearer'
  /**
   * `observe`: tokens of every tier but `none` are issued, and the guard reports; `enforce`: only tokens of the
   * accepted tiers are issued.
   */
  enforcement?: 'observe' | 'enforce'
  /** Seconds; at most 900 bound, 300 bearer. Default 300. */
  token_lifetime?: number
  /** Web origins from which browsers may call the two public endpoints for this API. */
  origins?: string[]
  /** Id of the policy under which evidence is appraised for this API; default: the app's. */
  policy?: string
  /** Fixed at registration: it accepts development tokens. Its audience is not a production API. */
  development?: true
}

export interface Api {
  audience: string
  name: string
  apps: string[]
  tiers: AdmissibleTier[]
  mode: 'bound' | 'bearer'
  enforcement: 'observe' | 'enforce'
  token_lifetime: number
  origins: string[]
  /** null: the app's. */
  policy: string | null
  created_at: string
  /** Whether it is for development; see `ApiInput`. */
  development?: true | undefined
}

/** Body of `POST /v1/keys`. */
export interface ApiKeyInput {
  name: string
  scope: ApiKeyScope
  /** For `registration` and `provenance`: its apps, at least one. */
  apps?: string[]
  /** Only for `provenance`. */
  public_key?: ProvenanceJwk
  /** RFC 3339, in the future: from then on the key opens nothing. Default: it does not expire. */
  expires_at?: string
}

/** An API key without its secret. */
export interface ApiKey {
  id: string
  name: string
  scope: ApiKeyScope
  apps: string[]
  /** Set for a key for provenance; null for all others. */
  public_key: ProvenanceJwk | null
  created_at: string
  /** RFC 3339; null: it does not expire. */
  expires_at: string | null
  /** RFC 3339, to about five minutes; null: never, or not since this is recorded. */
  last_used_at: string | null
}

/** Answer to `POST /v1/keys`: the only time that the secret is shown. A key for provenance has none here. */
export interface CreatedApiKey extends ApiKey {
  secret: string
}

/** Answer to `GET /v1/attestations/{trace}`, for operators. */
export interface AttestationTrace {
  trace: string
  /** RFC 3339. */
  at: string
  app: string
  build: string
  /** `hearsay`: nothing was attested; the SDK reported, unsigned, a failure that the service had not seen. */
  outcome: 'denied' | 'malfunction' | 'hearsay'
  /**
   * The reason's own code: one of the evidence, appraisal or problem codes. For `hearsay`, the codes as reported,
   * separated by commas.
   */
  code: string
  /**
   * Names of segments whose tags differ from the registered ones, at most 20; `missing:` and a name for what the app
   * lacks, `unregistered:` and a name for what the build does not have. `build:` and an id come first if the differing
   * bytes are those of that build of the app.
   */
  segments: string[]
  /** The appraisal, if it got that far, as an EAR (draft-ietf-rats-ear) with the AR4SI vector; null otherwise. */
  ear: unknown
}

/** Maximum days that a development secret lasts. */
export const longestDevelopmentSecret = 90

/** Body of `POST /v1/development-secrets`. */
export interface DevelopmentSecretInput {
  /** The app, which must be for development. */
  app: string
  /** Who or what uses it: a person, a pipeline. */
  name: string
  /** Whole days, 1 to {@link longestDevelopmentSecret}; default: that. */
  days?: number
}

/** A secret of a person or a pipeline, which gives tokens for development. */
export interface DevelopmentSecret {
  id: string
  app: string
  name: string
  /** All four RFC 3339. */
  created_at: string
  expires_at: string
  /** Null: it was not revoked. */
  revoked_at: string | null
  /** Null: never. */
  last_used_at: string | null
  /** How many tokens it has given. */
  uses: number
}

/** Answer to `POST /v1/development-secrets`: the only time that the secret is shown. */
export interface CreatedDevelopmentSecret extends DevelopmentSecret {
  secret: string
}
