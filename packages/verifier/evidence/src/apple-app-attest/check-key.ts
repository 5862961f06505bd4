import { ECDH, timingSafeEqual } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import type { AttestedAuthenticatorData, AuthenticatorData } from './authenticator-data.ts'
import type { AttestationContext } from './context.ts'
import { AppAttestError } from './errors.ts'
import { nonceFor, sha256 } from './descriptor.ts'

/** A SubjectPublicKeyInfo of a key on P-256 up to the coordinates of its uncompressed point: with its length, therefore. */
const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** The attested key must be on P-256. Returns its uncompressed point: 04, x, y. */
export function checkLeafKey({ spki }: Certificate): Uint8Array {
  if (!p256Prefix.equals(spki.subarray(0, p256Prefix.length))) throw new AppAttestError('APP_ATTEST_LEAF_KEY')
  const point = spki.subarray(p256Prefix.length - 1)
  try {
    // Reads the point, which fails off the curve and costs an eighth of creating a key object.
    ECDH.convertKey(point, 'prime256v1')
  } catch (cause) {
    throw new AppAttestError('APP_ATTEST_LEAF_KEY', { cause })
  }
  return point
}

const nonceExtension = '1.2.840.113635.100.8.2'
/** SEQUENCE { [1] EXPLICIT OCTET STRING } of 32 bytes, in DER: only the bytes differ from one to the next. */
const valuePrefix = Buffer.from('3024a1220420', 'hex')

/** The leaf must have been issued for this authenticator data and this client data. */
export function checkNonce(leaf: Certificate, authenticatorData: Uint8Array, commitment: Uint8Array): void {
  if (!timingSafeEqual(nonceOf(leaf), nonceFor(authenticatorData, commitment)))
    throw new AppAttestError('APP_ATTEST_NONCE')
}

function nonceOf({ extensions }: Certificate): Uint8Array {
  const value = extensions.find(({ oid }) => oid === nonceExtension)?.value
  const hasForm = value?.length === 38 && valuePrefix.compare(value, 0, valuePrefix.length) === 0
  if (!hasForm) throw new AppAttestError('APP_ATTEST_NONCE_EXTENSION')
  return value.subarray(valuePrefix.length)
}

/** The key identifier must be the hash of the attested key. @param point uncompressed: 65 bytes */
export function checkKeyId(keyId: Uint8Array, point: Uint8Array): void {
  if (!timingSafeEqual(sha256(point), keyId)) {
    throw new AppAttestError('APP_ATTEST_KEY_ID')
  }
}

/** A new key must not have signed anything yet. */
export function checkCounter({ counter }: AuthenticatorData): 0 {
  if (counter !== 0) throw new AppAttestError('APP_ATTEST_COUNTER')
  return counter
}

/**
 * The credential must be the attested key: by identifier, and by its coordinates. @param point uncompressed: 65 bytes
 */
export function checkCredential(
  { credentialId, credentialKey }: AttestedAuthenticatorData,
  keyId: Uint8Array,
  point: Uint8Array,
): void {
  if (!timingSafeEqual(credentialId, keyId)) throw new AppAttestError('APP_ATTEST_CREDENTIAL_ID')
  const { x, y } = credentialKey
  if (!timingSafeEqual(x, point.subarray(1, 33)) || !timingSafeEqual(y, point.subarray(33))) {
    throw new AppAttestError('APP_ATTEST_CREDENTIAL_KEY')
  }
}

const accessControlExtension = '1.2.840.113635.100.8.6'
/**
 * The access control of a key on a Mac with system integrity protection and full boot security, in DER, as Apple documents
 * it. Other content is not looked into.
 */
const fullSecurity = Buffer.from(
  'MEAMAjExMDowCQwCb2uhAwEB/zAJDAJvYaEDAQH/MAsMBG9kZWyhAwEB/zAVDARvc2duoAYMBHJzZWMwBaYDAgEB',
  'base64',
)
/** SEQUENCE { [3] EXPLICIT OCTET STRING } around it, which certificates have. */
const wrappedFullSecurity = Buffer.concat([Buffer.from('3046a3440442', 'hex'), fullSecurity])

/** Whether the certificate states a Mac with full security, as required of an expected Mac. */
export function checkMacSecurity({ extensions }: Certificate, system: AttestationContext['system']): boolean {
  const isSecure = extensions.some(
    ({ oid, value }) =>
      oid === accessControlExtension && (wrappedFullSecurity.equals(value) || fullSecurity.equals(value)),
  )
  checkStatedSecurity(isSecure, system)
  return isSecure
}

export function checkStatedSecurity(isSecure: boolean, system: AttestationContext['system']): void {
  if (system === 'macos' && !isSecure) throw new AppAttestError('APP_ATTEST_MAC_SECURITY')
}
