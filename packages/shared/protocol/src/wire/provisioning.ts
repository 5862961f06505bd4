import type { Platform } from './tier.ts'

/**
 * What a key may do: `admin`: everything; `read`: read everything that operators see; `support`: only see installations
 * and traces of the apps it names, and ban and forget installations of these; `policy`: read, and also change policies;
 * `registration`: only add and list builds of the apps it names. A key of scope `provenance` opens nothing: it is the public key of a pipeline, whose signature vouches for
 * builds of the apps it names.
 */
export const apiKeyScopes = ['admin', 'read', 'support', 'policy', 'registration', 'provenance'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

const scriptProbes = ['js.automation', 'js.crypto', 'js.debugger', 'js.replaced'] as const

/**
 * Probes that no released app trips on a user's device, by platform: those of the SDK in JavaScript, and those of the
 * platform's own. Some users choose root, jailbreak, emulators and clones, so these are asked only if wanted; so is
 * `ios.hooks`, because no device has shown yet that genuine ones answer it with nothing.
 */
export const defaultProbes: Readonly<Record<Platform, readonly string[]>> = {
  android: ['android.automation', 'android.debugger', 'android.hooks', ...scriptProbes],
  ios: ['ios.debugger', 'ios.injected', 'ios.simulator', ...scriptProbes],
  web: scriptProbes,
  node: scriptProbes,
}

/** Files that builds are registered from; `web`: a ZIP of a web build's folder. */
export const buildFormats = ['apk', 'aab', 'apks', 'ipa', 'web'] as const
export type BuildFormat = (typeof buildFormats)[number]

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

/** What is measured unless another coverage is requested: for an iOS app its scripts, if it has any. */
export function defaultCoverage(format: BuildFormat, segments: readonly { kind: SegmentKind }[]): Coverage {
  switch (format) {
    case 'apk':
    case 'aab':
    case 'apks':
    case 'web':
      return 'image'
    case 'ipa':
      return segments.some(({ kind }) => kind === 'script' || kind === 'hermes') ? 'scripts' : 'image'
  }
}

/** For whom a build is: everyone, those who try it before, or those who make it. */
export const channels = ['production', 'beta', 'internal'] as const
export type Channel = (typeof channels)[number]

/** The channel of a build that names none, and the only one that an API takes that names none. */
export const defaultChannel: Channel = 'production'

/** The minimum versions of an app; null: the channel has that of production. */
interface MinimumVersions {
  min_version_code: number
  beta_min_version_code: number | null
  internal_min_version_code: number | null
}

/** The lowest version code with which builds of a channel get tokens. */
export function minimumVersionCode(app: MinimumVersions, channel: Channel): number {
  switch (channel) {
    case 'production':
      return app.min_version_code
    case 'beta':
      return app.beta_min_version_code ?? app.min_version_code
    case 'internal':
      return app.internal_min_version_code ?? app.min_version_code
  }
}

/** Days before a build expires from which operators are warned. */
export const expiryWarningDays = 30

/** Days after the registration of a build for which devices whose code differs may get `warning`. */
export const longestFirstDays = 14

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
  'service_worker_not_measured',
  'signer_not_apple',
  'signing_certificate_new',
  'files_not_sealed',
  'code_missing',
  'sdk_missing',
  'code_compressed',
  'named_like_a_tool',
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

/**
 * The ABIs for which a build in splits is registered, in ascending order. A build without native code is the same for
 * each; if it has some, a device whose ABI is not listed has other code.
 *
 * @param found those for which it has native code @param requested undefined: the default @returns undefined if it
 * has no native code for a requested one, or for none of the default
 */
export function abisToRegister(
  found: readonly string[],
  requested: readonly string[] | undefined,
): string[] | undefined {
  const wanted = requested ?? defaultAbis
  const abis = found.length === 0 ? [...wanted] : found.filter((abi) => wanted.includes(abi))
  const isMissing = requested?.some((abi) => !abis.includes(abi)) === true
  return abis.length === 0 || isMissing ? undefined : abis.sort()
}

/** Maximum days that a development secret lasts. */
export const longestDevelopmentSecret = 90
