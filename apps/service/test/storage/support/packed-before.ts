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

/** Evidence, and the column as the version before 0027 has packed it. */
export const packedBefore = [
  {
    device: 'phone',
    evidence: phone,
    column: Buffer.from(
      [
        'AeXVu24VMAyA4XfpDJXvTngXBtuxxQCioguPjwoLRz1naUsXpgzJYCvS97+TJFQOjZQeYGKziXyPkJcnr3ZmOauV164ZNA88xdDOs8jS',
        'Ft+WiIxDTragrDW5nFASgIl5n8w9UOsESqGdqUGGJTlcpEpdoZeS4dx9uKPgvEnaj8f4SED0nDbfOQlNGW65j4gb2DlZJVsWy4CGFOLp',
        'BKV2SdkdDB5cmnX+expFYWcnRArgcZyQ0DpbQrV2uAwyM7lbtADu0pySIgBF9ZnrtB6Q3Gtk9ZqVVahl0RoFCguwjp2aI7QmdXabljRa',
        '+wJngYnX0IxwC2cE0OtA/7m5QHqyrPBIcdrJp0GFfOmiTjzbtI+J9HaF3cjAYvF0nlABq+Q3Rb5/xreHr33/+OX7wy3wL958klv6z5wq',
        'ycAMoH02TppoR6IaA0K3Z02UDRMy2UhH0l4GmJrV1+qx1R0YkHX985BcrHkRlddv9ixKvxejvd8hTi9ukLwkQn//2Odf',
      ].join(''),
      'base64',
    ),
  },
  {
    device: 'iPhone',
    evidence: iphone,
    column: Buffer.from(
      [
        'AbXV3U7CMBiA4SuS9Gu//h0O3WDAkDHM0MSQdm0DytziVHSJ9240nhj1ABPfS3hPnv/yahVHGVCGXAzel/tnU7d7P+i2TXsUZcxI65in',
        'TBDDHNXeG2QiVMFKj1hJxh2ArJA6qEAxjpRYYbVG6hwGsL9Q2JZJMjn0dSeFHruoeOj36RVj5WhelEX6NDqdLma5QlhqcpSas3Vc5vdV',
        '3cX58PLupT0RhxddbVdncpQvspWNduU44akp0vgT2Cb0t/Ob7cUGd9mGPJ778bqMskmT8uFw2vSs7kPeLZO0WzR/sVgHDSAgIEPGPGoj',
        'nBfOCkWc1EEQ4DpQj6bSIKmgYIAqFEgVcIVI7HfLCWj61XOpFfnoB9g1l5IwAoyr1+s3',
      ].join(''),
      'base64',
    ),
  },
]
