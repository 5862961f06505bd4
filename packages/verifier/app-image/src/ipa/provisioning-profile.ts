import { CodecError } from '@assay/codec'
import { parseSignedData } from '@assay/codec/cms'
import { AppImageError } from '../errors/app-image-error.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { readAppContent } from './app/app-content.ts'
import type { AppFiles } from './app/app-folder.ts'
import { parsePlist } from './plist/parse-plist.ts'
import { isDict, PlistError } from './plist/plist-value.ts'

const entryName = 'embedded.mobileprovision'
/** Bytes. One that names a few thousand devices has some hundred thousand. */
const greatestLength = 2 * 1024 * 1024

/** What a provisioning profile states about its app. */
export interface ProvisioningProfile {
  /** Whether it lets a debugger attach (`get-task-allow`). */
  readonly allowsDebugging: boolean
  /** `TeamIdentifier`: whose app it may be. Empty if it does not say. */
  readonly teams: readonly string[]
}

/**
 * Reads the app's provisioning profile; undefined without one: the store takes it out. Its signature is not verified:
 * anyone who changes it has an app that no device starts.
 *
 * @throws AppImageError `IPA_PROFILE_MALFORMED`, `ZIP_…`
 */
export function readProvisioningProfile(
  source: ByteSource,
  files: AppFiles,
): ProvisioningProfile | undefined {
  const entry = files.get(entryName)
  if (entry === undefined) return undefined
  const profile = readAppContent(source, entry, greatestLength)
  try {
    return parseProfile(profile)
  } catch (error) {
    if (!(error instanceof PlistError || error instanceof CodecError)) throw error
    throw malformed(error)
  }
}

/** @throws AppImageError `IPA_PROFILE_MALFORMED`, PlistError, CodecError */
function parseProfile(profile: Buffer): ProvisioningProfile {
  const { content } = parseSignedData(profile)
  if (content === undefined) throw malformed()
  const list = parsePlist(Buffer.from(content))
  const entitlements = list.get('Entitlements')
  if (!isDict(entitlements)) throw malformed()
  const allowed = entitlements.get('get-task-allow')
  if (allowed !== undefined && typeof allowed !== 'boolean') throw malformed()
  const teams = list.get('TeamIdentifier') ?? []
  if (!Array.isArray(teams) || !teams.every((team) => typeof team === 'string')) throw malformed()
  return { allowsDebugging: allowed === true, teams }
}

function malformed(cause?: Error): AppImageError {
  return new AppImageError('IPA_PROFILE_MALFORMED', undefined, { cause })
}
