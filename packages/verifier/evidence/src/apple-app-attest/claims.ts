import type { PublicJwk } from '@assay/protocol'
import { bool, int, oneOf, opaque, optional, record, text } from '../port/claim-type.ts'

/** `development` also stands for Apple's sandbox: keys of the two are not interchangeable. */
export const appAttestEnvironments = ['production', 'development'] as const
export type AppAttestEnvironment = (typeof appAttestEnvironments)[number]

/** What systems since iOS 27 and macOS 27 sign in addition; older ones state none of it. */
export interface SignedAppState {
  /** How the system classified the app's signature: 2 TestFlight, 3 development, 4 App Store, 5 enterprise, … */
  readonly validationCategory?: number
  /** `CFBundleVersion` of the running app. */
  readonly bundleVersion?: string
  /** CodeDirectory hash of the running executable, lower-case hex of 20 or 32 bytes; only if the app opted in. */
  readonly codeDirectoryHash?: string
}

/** What an attestation asserts: a Secure Enclave key that this app made, and that vouches for this binding. */
export interface AppAttestClaims extends SignedAppState {
  readonly platform: 'ios'
  /** Team id, a dot, bundle id: one of the expected ones. */
  readonly appId: string
  readonly environment: AppAttestEnvironment
  /** SHA-256 of the trust anchor's SubjectPublicKeyInfo, lower-case hex. */
  readonly anchorSha256: string
  readonly counter: 0
  /** Base64url of the 32-byte key identifier: SHA-256 of the key's point. */
  readonly keyId: string
  /** The attested key. */
  readonly publicKey: PublicJwk
  /** Whether the certificate states a Mac with full security and system integrity protection. */
  readonly macFullSecurity: boolean
  readonly certificate: {
    /** SHA-256, lower-case hex. */
    readonly sha256: string
    /** Unsigned, lower-case hex. */
    readonly serialNumber: string
    /** Unix seconds. The end of the certificate is not the end of the key. */
    readonly notAfter: number
  }
  /** Apple's receipt as received, to be kept for the fraud metric once `verifyReceipt` accepts it. */
  readonly receipt?: Uint8Array
  /**
   * Approximate number of keys that this app has attested on this device in the last 30 days, as answered by Apple
   * after the attestation. Absent until then, and if Apple says nothing.
   */
  readonly riskMetric?: number
}

/** What an assertion asserts: the attested key signed for this binding, in this app. */
export interface AppAttestAssertionClaims extends SignedAppState {
  readonly platform: 'ios'
  readonly appId: string
  /** 1 to 2^32 - 1: store it in the same transaction that compares it with the previous one. */
  readonly counter: number
}

const signedAppState = {
  validationCategory: optional(int),
  bundleVersion: optional(text),
  codeDirectoryHash: optional(text),
} as const

export const appAttestClaims = record({
  ...signedAppState,
  platform: oneOf('ios'),
  appId: text,
  environment: oneOf('production', 'development'),
  counter: int,
  keyId: text,
  publicKey: opaque,
  macFullSecurity: bool,
  anchorSha256: text,
  certificate: record({ sha256: text, serialNumber: text, notAfter: int }),
  receipt: optional(opaque),
  riskMetric: optional(int),
})

export const appAttestAssertionClaims = record({
  ...signedAppState,
  platform: oneOf('ios'),
  appId: text,
  counter: int,
})
