import { drawUpPlan, MeasurementError, type MeasurementErrorCode } from '@assay/measurement'
import {
  abisToRegister,
  buildIdPattern,
  buildImages,
  publicTestKeys,
  defaultChannel,
  defaultCoverage,
  longestFirstDays,
  type BuildSplits,
  type BuildWarning,
  type Channel,
  type Coverage,
} from '@assay/protocol'
import type { ApiKey, App, Build } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { ReadBuild } from './reading/reader-messages.ts'

/** What the registration requests, besides the file. */
export interface RequestedBuild {
  id: string | undefined
  /** For an update over the air: the id of the build whose scripts it replaces. */
  base: string | undefined
  coverage: Coverage | undefined
  channel: Channel | undefined
  /** RFC 3339; undefined: it does not expire. */
  expiresAt: string | undefined
  /** The same, in whole seconds; undefined: devices whose code differs are refused. */
  differenceUntil: string | undefined
  allowDebuggable: boolean
  /** Whether the build may bring a signer that is new for the app, although it is not the first build. */
  newSigner: boolean
  /** Whether an IPA may be signed by a team that is new for the app. */
  newTeam: boolean
  /** Whether it may be signed by a certificate whose key anyone may have. */
  allowDebugSigner: boolean
  versionCode: number | undefined
  /** The name under which the file becomes an image of a registered build. */
  variant: string | undefined
  /** The image of the build that ends in its favour. */
  replace: string | undefined
  /** ABIs of a build that reaches devices in splits; undefined: the default. */
  abis: readonly string[] | undefined
}

/** Whether less of the build is measured than by default. */
export function isMeasuredLess(build: Pick<Build, 'format' | 'segments' | 'coverage'>): boolean {
  return build.coverage !== 'image' && build.coverage !== defaultCoverage(build.format, build.segments)
}

const longestId = 128

/** `<versionName>+<versionCode>`, in the form of a build id: unusual characters become `_`. */
export function defaultBuildId({
  versionName,
  versionCode,
}: {
  versionName: string | null
  versionCode: number
}): string {
  const name = (versionName ?? '').replace(/[^A-Za-z0-9._+-]/g, '_').replace(/^[^A-Za-z0-9]+/, '')
  const code = String(versionCode)
  const id = name === '' ? code : `${name.slice(0, longestId - code.length - 1)}+${code}`
  return buildIdPattern.test(id) ? id : code
}

/** @throws ProblemError for one in the past: the build would never get a token */
function endOf({ expiresAt }: RequestedBuild, now: number): string | null {
  if (expiresAt === undefined) return null
  const end = new Date(expiresAt)
  if (end.getTime() <= now) throw invalid('/expires_at', 'past')
  return end.toISOString()
}

/** @throws ProblemError for an end in the past, or one that is too late, or a signer that anyone may be */
function firstDaysOf({ differenceUntil }: RequestedBuild, signed: Signed, now: number): string | null {
  if (differenceUntil === undefined) return null
  const end = new Date(differenceUntil)
  if (end.getTime() <= now) throw invalid('/difference_until', 'past')
  checkFirstDays(end.getTime(), now, signed)
  return end.toISOString()
}

/** @param end, registeredAt milliseconds since 1970 @throws ProblemError */
export function checkFirstDays(end: number, registeredAt: number, signed: Signed): void {
  if (end > registeredAt + longestFirstDays * 86_400_000) throw invalid('/difference_until', 'too_big')
  // Provenance names it in seconds.
  if (end % 1000 !== 0) throw invalid('/difference_until', 'not_whole_seconds')
  // A phone vouches for the signer of a patched app too, if anyone can sign as the owner does.
  if (isDebugSigned(signed)) throw invalid('/difference_until', 'debug_signer')
}

type Signed = Pick<ReadBuild, 'signers' | 'warnings'>

/** Whether a key has signed it that anyone may have. */
function isDebugSigned({ signers, warnings }: Signed): boolean {
  return (
    warnings.includes('signed_with_debug_certificate') || signers.some((each) => publicTestKeys.has(each))
  )
}

/** Signers of a build, grouped by their relation to its app. */
interface GroupedSigners {
  /** Signers that the app learns with this build. */
  newSigners: string[]
  /** Signers that the app knows, which vouch for the build. */
  knownSigners: string[]
}

/**
 * The build as it will be registered, and its signers.
 *
 * @throws ProblemError for what the app, the key or the request does not allow
 */
export function identifyBuild(
  report: ReadBuild,
  requested: RequestedBuild,
  { app, apiKey, now }: { app: App; apiKey: ApiKey; now: number },
): { build: Build } & GroupedSigners {
  if (report.format !== 'web' && report.package !== app.package) throw new ProblemError('package_mismatch')
  if (report.debuggable && !requested.allowDebuggable) throw new ProblemError('build_debuggable')
  const { newSigners, knownSigners } = groupSigners(report, requested, { app, apiKey })
  const versionCode = requested.versionCode ?? report.versionCode
  if (versionCode === null) throw invalid('/version_code', 'required')
  const build: Build = {
    app: app.id,
    id: requested.id ?? defaultBuildId({ versionName: report.versionName, versionCode }),
    format: report.format,
    package: report.package,
    version_name: report.versionName,
    version_code: versionCode,
    min_sdk: report.minSdk,
    target_sdk: report.targetSdk,
    debuggable: report.debuggable,
    signers: report.signers,
    schemes: report.schemes,
    framework: report.framework,
    sdk: report.sdk?.sdk ?? null,
    coverage: requested.coverage ?? defaultCoverage(report.format, report.segments),
    channel: requested.channel ?? defaultChannel,
    expires_at: endOf(requested, now),
    difference_until: firstDaysOf(requested, report, now),
    base: null,
    splits: splitsOf(report, requested),
    image_digest: report.imageDigest,
    segments: report.segments,
    warnings: warningsOf(report, newSigners),
    state: 'active',
    created_at: new Date(now).toISOString(),
    variants: [],
    first_ended_at: null,
  }
  const fault = measuringFault(build)
  if (fault !== undefined) throw new ProblemError('build_refused', { reason: fault })
  return { build, newSigners, knownSigners }
}

/**
 * A debug key is neither known nor new to the app: it vouches only for the build that was let in with it.
 *
 * @throws ProblemError `build_debug_signer`, `signer_not_registered`, `signer_new`
 */
function groupSigners(
  signed: Signed,
  { allowDebugSigner, newSigner }: RequestedBuild,
  { app, apiKey }: { app: App; apiKey: ApiKey },
): GroupedSigners {
  const { signers } = signed
  if (isDebugSigned(signed)) {
    if (!allowDebugSigner) throw new ProblemError('build_debug_signer')
    return { newSigners: [], knownSigners: [] }
  }
  const listed = [...app.signers, ...app.store_signers, ...app.upload_signers]
  const newSigners = signers.filter((signer) => !listed.includes(signer))
  const knownSigners = signers.filter((signer) => listed.includes(signer))
  if (newSigners.length === 0) return { newSigners, knownSigners }
  if (apiKey.scope !== 'admin') throw new ProblemError('signer_not_registered')
  if (app.signers.length > 0 && !newSigner) throw new ProblemError('signer_new')
  return { newSigners, knownSigners }
}

/** The build with its registered ABIs. */
function splitsOf({ splits }: ReadBuild, requested: RequestedBuild): BuildSplits | null {
  if (splits === null) {
    if (requested.abis !== undefined) throw invalid('/abis', 'unrecognized_keys')
    return null
  }
  const abis = abisToRegister(splits.abis, requested.abis)
  if (abis === undefined) throw invalid('/abis', 'invalid_value')
  return { ...splits, abis }
}

/** The request does not fit the build. */
export function invalid(pointer: string, code: string): ProblemError {
  return new ProblemError('request_invalid', { errors: [{ pointer, code }] })
}

function warningsOf({ warnings, sdk }: ReadBuild, newSigners: readonly string[]): BuildWarning[] {
  const all = [...warnings]
  if (sdk === null) all.push('no_sdk_segment')
  else if (sdk.manifest === null) all.push('sdk_manifest_incomplete')
  if (newSigners.length > 0) all.push('new_signer_recorded')
  return all
}

/** Why no plan can be drawn up for the build; detected now rather than at its first challenge. */
export function measuringFault(build: Build): MeasurementErrorCode | undefined {
  const { app, id, coverage } = build
  try {
    for (const abi of build.splits?.abis ?? [undefined]) {
      const images = buildImages(build, abi)
      const seed = new Uint8Array(32)
      drawUpPlan({ app, build: id, epoch: 0, seed, coverage, abi, ...images, probes: [] })
    }
    return undefined
  } catch (error) {
    if (error instanceof MeasurementError) return error.code
    throw error
  }
}

const identity = [
  'format',
  'package',
  'version_name',
  'version_code',
  'debuggable',
  'base',
  'coverage',
  'channel',
  'image_digest',
] as const

/** The members in which a build differs from the registered one under its id. None: registering it again would change nothing. */
export function differencesOf(build: Build, registered: Build): string[] {
  const differing: string[] = identity.filter((name) => build[name] !== registered[name])
  if ([...build.signers].sort().join() !== [...registered.signers].sort().join()) differing.push('signers')
  if (build.splits?.abis.join() !== registered.splits?.abis.join()) differing.push('abis')
  return differing
}
