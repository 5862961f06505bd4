import { decodeCbor, isCborMap, type CborMap, type CborValue } from '@assay/codec/cbor'
import type { SignedAppState } from './claims.ts'
import { AppAttestError, reading } from './errors.ts'

const categoryKey = 'apple_validation_category_01'
const bundleVersionKey = 'apple_bundle_version_01'
const codeDirectoryHashKey = 'apple_cd_hash_hash_01'

/** Extensions that authenticator data ends with: one map, or nothing on systems before iOS 27. Unknown keys are ignored. */
export function parseExtensions(encoded: Uint8Array): SignedAppState {
  if (encoded.length === 0) return {}
  const map = reading('APP_ATTEST_EXTENSIONS', () => decodeCbor(encoded))
  if (!isCborMap(map)) throw malformed()
  return { ...validationCategory(map), ...bundleVersion(map), ...codeDirectoryHash(map) }
}

/** Four bytes, little-endian, unsigned. */
function validationCategory(map: CborMap): Pick<SignedAppState, 'validationCategory'> {
  if (!map.has(categoryKey)) return {}
  const value = map.get(categoryKey)
  if (!(value instanceof Uint8Array) || value.length !== 4) throw malformed()
  return { validationCategory: new DataView(value.buffer, value.byteOffset).getUint32(0, true) }
}

function bundleVersion(map: CborMap): Pick<SignedAppState, 'bundleVersion'> {
  if (!map.has(bundleVersionKey)) return {}
  const value = map.get(bundleVersionKey)
  if (typeof value !== 'string') throw malformed()
  return { bundleVersion: value }
}

// Apple documents neither this key nor its form: another form is ignored, like an unknown key.
function codeDirectoryHash(map: CborMap): Pick<SignedAppState, 'codeDirectoryHash'> {
  const value: CborValue = map.get(codeDirectoryHashKey)
  if (!(value instanceof Uint8Array) || (value.length !== 20 && value.length !== 32)) return {}
  return { codeDirectoryHash: Buffer.from(value).toString('hex') }
}

function malformed(): AppAttestError {
  return new AppAttestError('APP_ATTEST_EXTENSIONS')
}
