import { decodeCbor, isCborMap, type CborMap, type CborValue } from '@assay/codec/cbor'
import { decodeBase64url } from '@assay/protocol/node'
import { z } from 'zod'
import { AppAttestError, reading } from './errors.ts'

/** Characters of 64 KiB. Real attestations take about 6 KiB. */
const longestMember = 87_382

/** A member of an evidence item that is base64url of at most 64 KiB. */
export const bytesSchema = z.string().max(longestMember)

/** Its bytes. */
export function bytesMember(value: string): Uint8Array {
  const bytes = decodeBase64url(value)
  if (bytes === undefined) throw new AppAttestError('APP_ATTEST_ITEM')
  return bytes
}

/** The CBOR map of an attestation or assertion. Its order and further members do not matter. */
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
