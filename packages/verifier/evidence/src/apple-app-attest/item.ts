import { decodeBase64url } from '@assay/protocol'
import { decodeCbor, isCborMap, type CborMap, type CborValue } from '@assay/codec/cbor'
import { AppAttestError } from './errors.ts'
import { reading } from './reading.ts'

/** Real attestations take about 6 KiB. */
const largestObject = 65_536

/** A member of an evidence item that is base64url of at most 64 KiB. */
export function bytesMember(value: unknown): Uint8Array {
  const withinBounds = typeof value === 'string' && value.length <= Math.ceil((largestObject * 4) / 3)
  const bytes = withinBounds ? decodeBase64url(value) : undefined
  if (bytes === undefined) throw new AppAttestError('APP_ATTEST_ITEM')
  return bytes
}

/** The CBOR map that an attestation or assertion is. Its order and further members do not matter. */
export function decodeObject(encoded: Uint8Array): CborMap {
  return asMap(reading('APP_ATTEST_CBOR', () => decodeCbor(encoded)))
}

export function asMap(value: CborValue): CborMap {
  if (!isCborMap(value)) throw new AppAttestError('APP_ATTEST_MEMBERS')
  return value
}

export function asBytes(value: CborValue): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new AppAttestError('APP_ATTEST_MEMBERS')
  return value
}
