import { decodeBase64urlOfLength, type PublicJwk } from '@assay/protocol'
import { exactObject, isText, oneOf as isOneOf, type Shape } from '@assay/protocol/shapes'
import {
  bool,
  hex,
  int,
  intOf,
  oneOf,
  opaque,
  optional,
  record,
  text,
  textOf,
  unstored,
  usually,
  type ClaimTable,
  type ValueOf,
} from '../port/claim-table.ts'

/** `development` also stands for Apple's sandbox: keys of the two are not interchangeable. */
export const appAttestEnvironments = ['production', 'development'] as const
export type AppAttestEnvironment = (typeof appAttestEnvironments)[number]

const isBase64urlOf32Bytes: Shape<string> = (value): value is string =>
  isText(value) && decodeBase64urlOfLength(value, 32) !== undefined

const isKey = exactObject<PublicJwk>({
  kty: isOneOf('EC'),
  crv: isOneOf('P-256'),
  x: isBase64urlOf32Bytes,
  y: isBase64urlOf32Bytes,
})

/** What systems since iOS 27 and macOS 27 sign in addition; older ones state none of it. */
const signedAppState = {
  /** How the system classified the app's signature: 2 TestFlight, 3 development, 4 App Store, 5 enterprise, … */
  validationCategory: optional(int),
  /** `CFBundleVersion` of the running app. */
  bundleVersion: optional(text),
  /** CodeDirectory hash of the running executable, lower-case hex of 20 or 32 bytes; only if the app opted in. */
  codeDirectoryHash: optional(hex()),
} as const
export type SignedAppState = ValueOf<ClaimTable<typeof signedAppState>>

/** What an attestation asserts: a Secure Enclave key that this app made, and that vouches for this binding. */
export type AppAttestClaims = ValueOf<typeof appAttestClaims>

export const appAttestClaims = record({
  platform: oneOf('ios'),
  /** Team id, a dot, bundle id: one of the expected ones. */
  appId: text,
  environment: oneOf(...appAttestEnvironments),
  /** SHA-256 of the trust anchor's SubjectPublicKeyInfo, lower-case hex. */
  anchorSha256: hex(32),
  counter: usually(intOf(0), 0),
  ...signedAppState,
  /** Base64url of the 32-byte key identifier: SHA-256 of the key's point. */
  keyId: textOf(isBase64urlOf32Bytes),
  /** The attested key. */
  publicKey: usually(opaque(isKey), { kty: 'EC', crv: 'P-256', x: '', y: '' }),
  /** Whether the certificate states a Mac with full security and system integrity protection. */
  macFullSecurity: usually(bool, false),
  certificate: record({
    /** SHA-256, lower-case hex. */
    sha256: hex(32),
    /** Unsigned, lower-case hex. */
    serialNumber: hex(),
    /** Unix seconds. The end of the certificate is not the end of the key. */
    notAfter: int,
  }),
  /** Apple's receipt as received, to be kept for the fraud metric once `verifyReceipt` accepts it. */
  receipt: unstored<Uint8Array>(),
  /**
   * Approximate number of keys that this app has attested on this device in the last 30 days, as answered by Apple
   * after the attestation. Absent until then, and if Apple says nothing.
   */
  riskMetric: optional(int),
})

/** What an assertion asserts: the attested key signed for this binding, in this app. */
export type AppAttestAssertionClaims = ValueOf<typeof appAttestAssertionClaims>

export const appAttestAssertionClaims = record({
  platform: oneOf('ios'),
  appId: text,
  /** 1 to 2^32 - 1: store it in the same transaction that compares it with the previous one. */
  counter: int,
  ...signedAppState,
})
