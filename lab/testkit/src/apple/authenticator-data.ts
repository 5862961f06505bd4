import { encode } from 'cborg'
import { pointOf, sha256, type AppAttestKey } from './app-attest-key.ts'

export type AppleEnvironment = 'production' | 'development'

/** What systems since iOS 27 sign beside the rest. */
export interface SignedAppState {
  /** How the system classified the app's signature: 4 for the App Store, 2 for TestFlight, 3 for development. */
  readonly validationCategory: number
  /** `CFBundleVersion`. */
  readonly bundleVersion: string
  /** SHA-256 of the CodeDirectory, where the app has opted in. */
  readonly codeDirectoryHash?: Uint8Array
}

/** Authenticator data of an assertion in its parts. */
export interface AssertedData {
  readonly appId: string
  readonly flags: number
  /** Unsigned, 32 bits. */
  readonly counter: number
  /** The encoded map; nothing before iOS 27. */
  readonly extensions: Uint8Array
}

/** Authenticator data of an attestation in its parts. */
export interface AttestedData extends AssertedData {
  readonly aaguid: Uint8Array
  readonly credentialId: Uint8Array
  /** COSE_Key. */
  readonly credentialKey: Uint8Array
}

/** Attested credential data follows. It is set in assertions too, where none follows. */
export const attestedFlag = 0x40
/** Extensions follow: set by some systems that send them, and not by others. */
export const extensionsFlag = 0x80

export const aaguids: Readonly<Record<AppleEnvironment, Buffer>> = {
  production: Buffer.from('appattest\0\0\0\0\0\0\0', 'ascii'),
  development: Buffer.from('appattestdevelop', 'ascii'),
}

export function assertedData({ appId, flags, counter, extensions }: AssertedData): Buffer {
  const counterBytes = Buffer.alloc(4)
  counterBytes.writeUInt32BE(counter)
  return Buffer.concat([sha256(appId), Buffer.of(flags), counterBytes, extensions])
}

export function attestedData(parts: AttestedData): Buffer {
  const { aaguid, credentialId, credentialKey, extensions } = parts
  const idLength = Buffer.alloc(2)
  idLength.writeUInt16BE(credentialId.length)
  const fixed = assertedData({ ...parts, extensions: Buffer.alloc(0) })
  return Buffer.concat([fixed, aaguid, idLength, credentialId, credentialKey, extensions])
}

/** Labels and values of RFC 9053 7.1: EC2, ES256, P-256, and the coordinates. */
export function coseKey(key: AppAttestKey): Uint8Array {
  const point = pointOf(key)
  return encode(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point.subarray(1, 33)],
      [-3, point.subarray(33)],
    ]),
  )
}

export function encodedState(state: SignedAppState | undefined): Uint8Array {
  if (state === undefined) return Buffer.alloc(0)
  const category = Buffer.alloc(4)
  category.writeUInt32LE(state.validationCategory)
  return encode({
    apple_bundle_version_01: state.bundleVersion,
    apple_validation_category_01: category,
    ...(state.codeDirectoryHash === undefined
      ? {}
      : { apple_cd_hash_hash_01: state.codeDirectoryHash, apple_cd_hash_type_01: Buffer.of(2) }),
  })
}
