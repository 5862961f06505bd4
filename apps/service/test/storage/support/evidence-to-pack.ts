import { createHash } from 'node:crypto'
import type { RememberedEvidence } from '../../../src/attestation/model/installation.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const thumbprint = (text: string) => createHash('sha256').update(text).digest('base64url')
const kept = (format: string, claims: object): RememberedEvidence => ({
  ...{ format, claims: { version: 1, claims } },
  verifiedAt: 1_795_770_301_358,
})

/** What a phone's chain and verdict leave. */
const phone = [
  kept('android-key-attestation', {
    platform: 'android',
    keySha256: digest('key'),
    attestationKeySha256: digest('device'),
    serials: ['1f', '2a3b'],
    anchor: 'google-root-rsa-2022',
    anchorSha256: digest('anchor'),
    provisioning: 'remote',
    certificatesIssued: 1,
    reportedLost: null,
    attestationVersion: 400,
    attestationSecurityLevel: 'TrustedEnvironment',
    keyMintVersion: 400,
    keyMintSecurityLevel: 'TrustedEnvironment',
    verifiedBootState: 'Verified',
    verifiedBootKey: digest('boot'),
    verifiedBootHash: digest('hash'),
    deviceLocked: true,
    osVersion: 160_000,
    osPatchLevel: 202_610,
    vendorPatchLevel: 20_261_005,
    bootPatchLevel: 20_261_005,
    moduleHash: digest('modules'),
    purposes: [2],
    noAuthRequired: true,
    unknownTags: [],
    packageNames: ['com.example.shop'],
    versionCodes: { 'com.example.shop': 41 },
    signatureDigests: [digest('signer')],
  }),
  kept('play-integrity', {
    platform: 'android',
    package: 'com.example.shop',
    signers: [digest('signer')],
    requestedAt: 1_795_770_299,
    testResponse: false,
    appRecognitionVerdict: 'PLAY_RECOGNIZED',
    deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'],
    versionCode: 41,
    appLicensingVerdict: 'LICENSED',
  }),
]

const iphone = [
  kept('apple-app-attest', {
    platform: 'ios',
    appId: 'TEAM123456.com.example.shop',
    environment: 'production',
    anchorSha256: digest('apple'),
    counter: 0,
    keyId: thumbprint('id'),
    publicKey: { kty: 'EC', crv: 'P-256', x: thumbprint('x'), y: thumbprint('y') },
    macFullSecurity: false,
    certificate: { sha256: digest('leaf'), serialNumber: '0192', notAfter: 1_798_000_000 },
  }),
]

/** Evidence of devices, and the bytes that it should take at most. */
export const evidenceToPack = [
  { device: 'phone', evidence: phone, most: 682 },
  { device: 'iPhone', evidence: iphone, most: 299 },
]
