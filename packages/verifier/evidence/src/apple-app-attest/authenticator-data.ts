import { decodeFirstCbor, isCborMap, type CborValue } from '@assay/codec/cbor'
import { AppAttestError, reading } from './errors.ts'
import { parseExtensions } from './extensions.ts'
import type { SignedAppState } from './claims.ts'

/**
 * Authenticator data as App Attest writes it. The flags are not read: real systems set and clear them regardless of
 * what follows, so only the bytes show what is there.
 */
export interface AuthenticatorData {
  /** All of it: what is signed. */
  readonly encoded: Uint8Array
  /** SHA-256 of the App ID, 32 bytes. */
  readonly appIdHash: Uint8Array
  /** Unsigned, 32 bits. */
  readonly counter: number
  readonly appState: SignedAppState
}

/** Present in an attestation. */
export interface AttestedAuthenticatorData extends AuthenticatorData {
  /** 16 bytes. */
  readonly aaguid: Uint8Array
  /** 32 bytes. */
  readonly credentialId: Uint8Array
  /** The point of the credential's key: two coordinates of 32 bytes. */
  readonly credentialKey: { readonly x: Uint8Array; readonly y: Uint8Array }
}

const fixedLength = 37
const credentialIdAt = 55
const credentialIdLength = 32

/** Authenticator data of an assertion: 37 bytes, then one map of extensions or nothing. */
export function parseAssertedData(encoded: Uint8Array): AuthenticatorData {
  if (encoded.length < fixedLength) throw new AppAttestError('APP_ATTEST_AUTHENTICATOR_DATA')
  return { appState: parseExtensions(encoded.subarray(fixedLength)), ...fixedPart(encoded) }
}

/** Authenticator data of an attestation: the credential follows the 37 bytes, and then one map of extensions or nothing. */
export function parseAttestedData(encoded: Uint8Array): AttestedAuthenticatorData {
  if (encoded.length < credentialIdAt) throw new AppAttestError('APP_ATTEST_AUTHENTICATOR_DATA')
  const lengthOfId = ((encoded[53] as number) << 8) | (encoded[54] as number)
  if (lengthOfId !== credentialIdLength) throw new AppAttestError('APP_ATTEST_CREDENTIAL_ID')
  const keyAt = credentialIdAt + credentialIdLength
  if (encoded.length <= keyAt) throw new AppAttestError('APP_ATTEST_AUTHENTICATOR_DATA')
  const { value, rest } = reading('APP_ATTEST_CREDENTIAL_KEY', () => decodeFirstCbor(encoded.subarray(keyAt)))
  return {
    aaguid: encoded.subarray(fixedLength, fixedLength + 16),
    credentialId: encoded.subarray(credentialIdAt, keyAt),
    credentialKey: coseKey(value),
    appState: parseExtensions(rest),
    ...fixedPart(encoded),
  }
}

function fixedPart(encoded: Uint8Array): Omit<AuthenticatorData, 'appState'> {
  const counter = new DataView(encoded.buffer, encoded.byteOffset).getUint32(33)
  return { encoded, appIdHash: encoded.subarray(0, 32), counter }
}

/** Labels of a COSE_Key (RFC 9053 section 7.1) and the values that ES256 on P-256 has. */
const [kty, alg, crv, x, y] = [1, 3, -1, -2, -3] as const
const [ec2, es256, p256] = [2, -7, 1] as const

function coseKey(value: CborValue): AttestedAuthenticatorData['credentialKey'] {
  if (!isCborMap(value)) throw new AppAttestError('APP_ATTEST_CREDENTIAL_KEY')
  if (value.get(kty) !== ec2 || value.get(alg) !== es256 || value.get(crv) !== p256) {
    throw new AppAttestError('APP_ATTEST_CREDENTIAL_KEY')
  }
  return { x: coordinate(value.get(x)), y: coordinate(value.get(y)) }
}

function coordinate(value: CborValue): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== 32) {
    throw new AppAttestError('APP_ATTEST_CREDENTIAL_KEY')
  }
  return value
}
