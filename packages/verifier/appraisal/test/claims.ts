import type { Verified } from '@assay/evidence'
import type { AndroidKeyClaims } from '@assay/evidence/android-key-attestation'
import type { AppAttestAssertionClaims, AppAttestClaims } from '@assay/evidence/apple-app-attest'
import type { PlayIntegrityClaims } from '@assay/evidence/play-integrity'
import type { SoftwareClaims } from '@assay/evidence/software'
import {
  appraise,
  type AppraisalFacts,
  type AppraisalResult,
  type Condition,
  type Policy,
  type Rule,
} from '../src/index.ts'

/** 21 September 2026. */
export const now = 1_790_000_000

/**
 * Claims as a format would have verified them. Only tests may say so: the cast is what the type forbids everyone else
 * to do by accident.
 */
export function verified(format: string, claims: unknown): Verified<unknown> {
  return { format, claims } as Verified<unknown>
}

const genuineBuild: SoftwareClaims = {
  measured: true,
  app: 'com.example.app',
  build: '1.0+1',
  platform: 'android',
  versionCode: 1,
  channel: 'production',
  coverage: 'image',
  debuggable: false,
  live: 'matched',
  text: 'not_asked',
  probes: {},
}

/** Claims of a genuine build, with these changed. */
export function softwareClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('software', { ...genuineBuild, ...changes })
}

const pixel: AndroidKeyClaims = {
  platform: 'android',
  keySha256: 'aa'.repeat(32),
  attestationKeySha256: 'bb'.repeat(32),
  serials: ['1', 'abc'],
  anchor: 'Google hardware attestation root',
  anchorSha256: '99'.repeat(32),
  provisioning: 'remote',
  certificatesIssued: 8,
  reportedLost: null,
  attestationVersion: 300,
  attestationSecurityLevel: 'TrustedEnvironment',
  keyMintVersion: 300,
  keyMintSecurityLevel: 'TrustedEnvironment',
  verifiedBootState: 'Verified',
  verifiedBootKey: 'cc'.repeat(32),
  verifiedBootHash: 'dd'.repeat(32),
  deviceLocked: true,
  osVersion: 160_000,
  osPatchLevel: 202_609,
  vendorPatchLevel: 20_260_905,
  bootPatchLevel: 20_260_905,
  purposes: [2],
  noAuthRequired: true,
  packageNames: ['com.example.app'],
  versionCodes: { 'com.example.app': 1 },
  signatureDigests: ['ee'.repeat(32)],
  moduleHash: null,
  unknownTags: [],
}

/** Claims of a locked phone whose key is in its TEE, with these changed. */
export function androidKeyClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('android-key-attestation', { ...pixel, ...changes })
}

const iphone: AppAttestClaims = {
  platform: 'ios',
  appId: 'TEAM123456.com.example.app',
  environment: 'production',
  counter: 0,
  keyId: 'key',
  publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  macFullSecurity: false,
  anchorSha256: '88'.repeat(32),
  certificate: { sha256: 'ff'.repeat(32), serialNumber: '1', notAfter: now },
  receipt: new Uint8Array(3),
}

/** Claims of an attested Secure Enclave key, with these changed. */
export function appAttestClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('apple-app-attest', { ...iphone, ...changes })
}

const signature: AppAttestAssertionClaims = {
  platform: 'ios',
  appId: 'TEAM123456.com.example.app',
  counter: 7,
  validationCategory: 4,
  bundleVersion: '1',
}

/** Claims of an assertion by such a key, with these changed. */
export function assertionClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('apple-app-attest-assertion', { ...signature, ...changes })
}

const verdict: PlayIntegrityClaims = {
  platform: 'android',
  package: 'com.example.app',
  signers: ['ee'.repeat(32)],
  versionCode: 1,
  requestedAt: now - 2,
  testResponse: false,
  appRecognitionVerdict: 'PLAY_RECOGNIZED',
  deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'],
  appLicensingVerdict: 'LICENSED',
}

/** Claims of a good Play verdict, with these changed. */
export function playClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('play-integrity', { ...verdict, ...changes })
}

/** Facts for evidence of this exchange, or as old as is said. */
export function factsOf(
  claims: readonly Verified<unknown>[],
  ages: Readonly<Record<string, number>> = {},
  installation: Partial<AppraisalFacts['installation']> = {},
  registration: Partial<Pick<AppraisalFacts, 'registered' | 'missing' | 'unread'>> = {},
): AppraisalFacts {
  return {
    installation: { holderKey: 'vouched', enrolmentsToday: 0, hardwareKeyDemanded: false, ...installation },
    registered: {},
    missing: [],
    unread: [],
    ...registration,
    ages: { ...Object.fromEntries(claims.map(({ format }) => [format, 0])), ...ages },
  }
}

export const always: Condition = () => true

/** A policy that requires a measurement and has these rules. */
export function policyOf(...rules: Rule[]): Policy {
  return { id: 'test', version: 3, required: [{ claim: ['software', 'measured'], oneOf: [true] }], rules }
}

export function appraising(policy: Policy, ...claims: Verified<unknown>[]): AppraisalResult {
  return appraise({ claims: claims.length === 0 ? [softwareClaims()] : claims, policy, now })
}
