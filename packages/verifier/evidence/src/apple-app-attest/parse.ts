import type { CborValue } from '@assay/codec/cbor'
import { parseCertificate, type Certificate } from '@assay/codec/x509'
import { z } from 'zod'
import { parseAttestedData, type AttestedAuthenticatorData } from './authenticator-data.ts'
import { descriptor } from './descriptor.ts'
import { AppAttestError, reading } from './errors.ts'
import { asBytes, asMap, bytesMember, bytesSchema, decodeObject } from './item.ts'

/** A parsed attestation; none of it is verified. */
export interface ParsedAttestation {
  /** The app's name for the key: 32 bytes. */
  readonly keyId: Uint8Array
  readonly leaf: Certificate
  /** In DER; parsed only if it is not known yet. */
  readonly intermediate: Uint8Array
  readonly authenticatorData: AttestedAuthenticatorData
  readonly receipt?: Uint8Array
}

/** The form of an evidence item. */
export const itemSchema = z.strictObject({
  format: z.literal(descriptor.name),
  key_id: bytesSchema,
  attestation: bytesSchema,
})

/**
 * Parses an evidence item: `key_id`, base64url of 32 bytes, and `attestation`, base64url of the object that the
 * system returned.
 *
 * @throws AppAttestError
 */
export function parse(input: unknown): ParsedAttestation {
  const item = itemSchema.safeParse(input)
  if (!item.success) throw new AppAttestError('APP_ATTEST_ITEM')
  const keyId = bytesMember(item.data.key_id)
  if (keyId.length !== 32) throw new AppAttestError('APP_ATTEST_ITEM')
  return { keyId, ...parseObject(bytesMember(item.data.attestation)) }
}

function parseObject(encoded: Uint8Array): Omit<ParsedAttestation, 'keyId'> {
  const object = decodeObject(encoded)
  const format = object.get('fmt')
  if (typeof format !== 'string') throw new AppAttestError('APP_ATTEST_MEMBERS')
  if (format !== 'apple-appattest') throw new AppAttestError('APP_ATTEST_FORMAT')
  const statement = asMap(object.get('attStmt'))
  const authenticatorData = asBytes(object.get('authData'))
  const receipt = statement.has('receipt') ? asBytes(statement.get('receipt')) : undefined
  const [leaf, intermediate] = parseCertificates(statement.get('x5c'))
  return {
    leaf: reading('APP_ATTEST_CERTIFICATE', () => parseCertificate(leaf)),
    intermediate,
    authenticatorData: parseAttestedData(authenticatorData),
    ...(receipt === undefined ? {} : { receipt }),
  }
}

/** Bytes. Real ones have one thousand. */
const longestCertificate = 8192

function parseCertificates(value: CborValue): [leaf: Uint8Array, intermediate: Uint8Array] {
  if (!Array.isArray(value)) throw new AppAttestError('APP_ATTEST_MEMBERS')
  const certificates = (value as readonly CborValue[]).map(asBytes)
  if (certificates.length !== 2) throw new AppAttestError('APP_ATTEST_CERTIFICATE_COUNT')
  if (certificates.some(({ length }) => length > longestCertificate))
    throw new AppAttestError('APP_ATTEST_CERTIFICATE')
  return certificates as [Uint8Array, Uint8Array]
}
