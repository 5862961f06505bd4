import type { Readable } from 'node:stream'
import { mediaTypes, type Platform } from '@assay/protocol'
import type { ApiKey, App } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildAuthority } from '../model/ports.ts'
import { invalid, type RequestedBuild } from './build-identity.ts'
import type { VerifiedProvenance } from './provenance.ts'

/** A file to register, and what is requested for it. */
export interface BuildUpload {
  app: string
  mediaType: string
  body: Readable
  requested: RequestedBuild
  apiKey: ApiKey
  /** As received with the request. */
  provenance: string | undefined
}

/** Who sends a file, and for which app. */
export interface Sender {
  app: App
  apiKey: ApiKey
  provenance: VerifiedProvenance | undefined
}

/** Which builds each platform has. */
const platformsOf: Record<BuildFormat, readonly Platform[]> = {
  apk: ['android'],
  aab: ['android'],
  apks: ['android'],
  ipa: ['ios'],
  web: ['web', 'node'],
}

const formatOf: Readonly<Record<string, BuildFormat>> = {
  [mediaTypes.apk]: 'apk',
  [mediaTypes.aab]: 'aab',
  [mediaTypes.apks]: 'apks',
  [mediaTypes.ipa]: 'ipa',
  [mediaTypes.zip]: 'web',
}

/** Checks that are possible before the body is read. @throws ProblemError */
export function checkUpload(
  { mediaType, requested, apiKey, provenance }: BuildUpload,
  app: App,
): BuildFormat {
  const format = uploadFormat(mediaType, app)
  if (format === undefined) throw new ProblemError('media_type_unsupported')
  if (!platformsOf[format].includes(app.platform)) throw new ProblemError('build_platform_mismatch')
  const isDangerous =
    requested.allowDebuggable || requested.allowDebugSigner || requested.newSigner || requested.newTeam
  if (isDangerous && apiKey.scope !== 'admin') throw new ProblemError('scope_insufficient')
  // With provenance, the statement must name it.
  if (requested.differenceUntil !== undefined && apiKey.scope !== 'admin' && provenance === undefined)
    throw new ProblemError('scope_insufficient')
  if (format !== 'ipa' && requested.newTeam) throw invalid('/new_team', 'unrecognized_keys')
  if (requested.replace !== undefined && requested.variant === undefined)
    throw invalid('/variant', 'required')
  // No store rewrites a folder that its owner serves.
  if (requested.variant !== undefined) {
    // It has those of its build.
    if (requested.channel !== undefined) throw invalid('/channel', 'unrecognized_keys')
    if (requested.expiresAt !== undefined) throw invalid('/expires_at', 'unrecognized_keys')
    if (requested.differenceUntil !== undefined) throw invalid('/difference_until', 'unrecognized_keys')
  }
  if (format === 'web' && requested.variant !== undefined) throw invalid('/variant', 'unrecognized_keys')
  if (format === 'web' && requested.id === undefined) throw invalid('/id', 'required')
  // Nobody knows what a Node process loads at startup.
  if (requested.coverage === 'entry' && app.platform !== 'web') throw invalid('/coverage', 'invalid_value')
  if (platformsOf[format].includes('android') && requested.versionCode !== undefined)
    throw invalid('/version_code', 'unrecognized_keys')
  return format
}

/** A ZIP for an Android app is a set of APKs: what a store's console hands out is sent as it is. */
function uploadFormat(mediaType: string, { platform }: App): BuildFormat | undefined {
  return mediaType === mediaTypes.zip && platform === 'android' ? 'apks' : formatOf[mediaType]
}

/** Who vouches for a build, as the transaction that registers it checks again. */
export function authorityOf(
  { app, apiKey, provenance }: Sender,
  more: Pick<BuildAuthority, 'signers' | 'team' | 'base'>,
): BuildAuthority {
  return { app, keys: [apiKey.id, ...(provenance === undefined ? [] : [provenance.key])], ...more }
}
