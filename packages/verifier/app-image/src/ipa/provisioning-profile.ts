import { CodecError } from '@assay/codec'
import { parseSignedData } from '@assay/codec/cms'
import { AppImageError } from '../app-image-error.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { readAppContent } from './app-content.ts'
import type { AppFiles } from './app-folder.ts'
import { parsePlist } from './plist/parse-plist.ts'
import { isDict, PlistError } from './plist/plist-value.ts'

const entryName = 'embedded.mobileprovision'
/** Bytes. One that names a few thousand devices has some hundred thousand. */
const greatestLength = 2 * 1024 * 1024

/**
 * Whether the app's provisioning profile lets a debugger attach (`get-task-allow`). False without a profile: the store
 * takes it out. Its signature is not verified: whoever takes the entitlement out of it has an app that no device starts.
 *
 * @throws AppImageError `IPA_PROFILE_MALFORMED`, `ZIP_…`
 */
export function isDebuggingProvisioned(source: ByteSource, files: AppFiles): boolean {
  const entry = files.get(entryName)
  if (entry === undefined) return false
  const profile = readAppContent(source, entry, greatestLength)
  try {
    return allowsDebugging(profile)
  } catch (error) {
    if (!(error instanceof PlistError || error instanceof CodecError)) throw error
    throw malformed(error)
  }
}

/** @throws AppImageError `IPA_PROFILE_MALFORMED`, PlistError, CodecError */
function allowsDebugging(profile: Buffer): boolean {
  const { content } = parseSignedData(profile)
  if (content === undefined) throw malformed()
  const entitlements = parsePlist(Buffer.from(content)).get('Entitlements')
  if (!isDict(entitlements)) throw malformed()
  const allowed = entitlements.get('get-task-allow')
  if (allowed !== undefined && typeof allowed !== 'boolean') throw malformed()
  return allowed === true
}

function malformed(cause?: Error): AppImageError {
  return new AppImageError('IPA_PROFILE_MALFORMED', 'the provisioning profile is malformed', { cause })
}
