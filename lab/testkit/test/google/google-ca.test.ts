import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  androidKeyAttestation,
  androidKeyContext,
  googleAnchors,
  issuerKeys,
  type AndroidKeyContextInput,
  type AndroidKeyErrorCode,
} from '@assay/evidence/android-key-attestation'
import {
  androidKeyFaults,
  attestationVersions,
  createGoogleCa,
  newKeyPair,
  type AndroidKeyFault,
  type AndroidKeyRequest,
  type Keybox,
} from '../../src/index.ts'
import { codeOf } from '../verifying.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const challenge = Buffer.from('Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F')
const signer = 'ab'.repeat(32)
const app = { package: 'com.example.app', versionCode: 42, signers: [signer] }

const ca = createGoogleCa({ now: () => now })
const key = newKeyPair('P-256')
const anchors = ca.roots.map((pem, i) => ({
  name: ['rsa', 'ec'][i] ?? '',
  publicKey: new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }),
}))
const keyboxes = {
  factory: ca.keybox({ provisioning: 'factory' }),
  remote: ca.keybox({ provisioning: 'remote', securityLevel: 'StrongBox', certificatesIssued: 12 }),
}

function attest(
  keybox: Keybox,
  request: Partial<AndroidKeyRequest> = {},
  context: Partial<AndroidKeyContextInput> = {},
) {
  const item = ca.attest(keybox, key, { challenge, apps: [app], ...request })
  return androidKeyAttestation.verify(
    androidKeyAttestation.parse(item),
    androidKeyContext({
      commitment: challenge,
      now: now / 1000,
      anchors,
      revocation: { stateOf: () => Promise.resolve('not_listed') },
      apps: [{ platform: 'android', package: app.package, signers: [signer] }],
      issuers: issuerKeys(),
      ...context,
    }),
  )
}

describe('chains', () => {
  it('of keys from the factory are accepted, though their certificates have expired', async () => {
    const { claims } = await attest(keyboxes.factory)
    expect(claims).toMatchObject({
      anchor: 'rsa',
      provisioning: 'factory',
      certificatesIssued: null,
      keyMintSecurityLevel: 'TrustedEnvironment',
      packageNames: [app.package],
      versionCodes: { [app.package]: 42 },
      signatureDigests: [signer],
      verifiedBootState: 'Verified',
      deviceLocked: true,
      osPatchLevel: 202610,
      serials: keyboxes.factory.serials,
      attestationKeySha256: keyboxes.factory.attestationKeySha256,
    })
  })

  it('of remotely provisioned keys are accepted', async () => {
    const { claims } = await attest(keyboxes.remote)
    expect(claims).toMatchObject({
      anchor: 'ec',
      provisioning: 'remote',
      certificatesIssued: 12,
      keyMintSecurityLevel: 'StrongBox',
      serials: keyboxes.remote.serials,
    })
  })

  it.each(attestationVersions.filter((version) => version > 1))(
    'of version %d are accepted',
    async (version) => {
      expect((await attest(keyboxes.factory, { version })).claims.attestationVersion).toBe(version)
    },
  )

  it('of version 1 name no app, and are refused for it', async () => {
    expect(await codeOf(() => attest(keyboxes.factory, { version: 1 }))).toBe('ANDROID_KEY_APPLICATION_ID')
  })

  it.each(['factory', 'remote'] as const)(
    "are not accepted under Google's own roots: %s",
    async (provisioning) => {
      expect(await codeOf(() => attest(keyboxes[provisioning], {}, { anchors: googleAnchors }))).toBe(
        'ANDROID_KEY_ANCHOR',
      )
    },
  )

  it.each([
    ['revoked', 'ANDROID_KEY_REVOKED'],
    ['suspended', 'ANDROID_KEY_SUSPENDED'],
  ] as const)('of a keybox that is %s are refused', async (state, code) => {
    const [listed] = keyboxes.factory.serials
    const revocation = {
      stateOf: (serial: string) => Promise.resolve(serial === listed ? state : ('not_listed' as const)),
    }
    expect(await codeOf(() => attest(keyboxes.factory, {}, { revocation }))).toBe(code)
  })

  /** `undefined`: it is a claim, for policies to judge. */
  const refusals: Readonly<Record<AndroidKeyFault, AndroidKeyErrorCode | undefined>> = {
    'other-challenge': 'ANDROID_KEY_COMMITMENT',
    'longer-challenge': 'ANDROID_KEY_COMMITMENT',
    'other-package': 'ANDROID_KEY_PACKAGE',
    'other-signer': 'ANDROID_KEY_SIGNER',
    'second-signer': 'ANDROID_KEY_SIGNER',
    'no-signer': 'ANDROID_KEY_SIGNER',
    'shared-user-id': 'ANDROID_KEY_PACKAGE',
    'no-package': 'ANDROID_KEY_PACKAGE',
    'no-application-id': 'ANDROID_KEY_APPLICATION_ID',
    'malformed-application-id': 'ANDROID_KEY_APPLICATION_ID',
    'software-attestation': undefined,
    'software-key': undefined,
    'imported-key': 'ANDROID_KEY_ORIGIN',
    'key-that-attests': 'ANDROID_KEY_PURPOSE',
    'all-applications': 'ANDROID_KEY_ALL_APPLICATIONS',
    'no-root-of-trust': 'ANDROID_KEY_ROOT_OF_TRUST',
    'root-of-trust-by-the-system': 'ANDROID_KEY_ROOT_OF_TRUST',
    'unlocked-boot-loader': undefined,
    'unlocked-yet-verified': undefined,
    'self-signed-boot': undefined,
    'failed-boot': undefined,
    'old-patch-level': undefined,
    'nonsense-patch-level': undefined,
    'unknown-version': 'ANDROID_KEY_VERSION',
    'unknown-security-level': 'ANDROID_KEY_STATEMENT',
    'field-twice': 'ANDROID_KEY_STATEMENT',
    'trailing-bytes-in-statement': 'ANDROID_KEY_STATEMENT',
    'truncated-statement': 'ANDROID_KEY_STATEMENT',
    'expired-attestation-certificate': 'ANDROID_KEY_EXPIRED',
    'attestation-certificate-not-yet-valid': 'ANDROID_KEY_NOT_YET_VALID',
    'software-root': 'ANDROID_KEY_SOFTWARE_ROOT',
    'other-root': 'ANDROID_KEY_ANCHOR',
    'without-root': 'ANDROID_KEY_ANCHOR',
    'too-short': 'ANDROID_KEY_CHAIN_LENGTH',
    'too-long': 'ANDROID_KEY_MALFORMED',
    'root-twice': 'ANDROID_KEY_REPEATED_KEY',
    'other-issuer-name': 'ANDROID_KEY_ISSUER',
    'signed-by-another-key': 'ANDROID_KEY_SIGNATURE',
    'signed-with-sha1': 'ANDROID_KEY_ALGORITHM',
    'leaf-without-statement': 'ANDROID_KEY_EXTENSION',
    'statement-twice': 'ANDROID_KEY_CERTIFICATE',
    'extended-chain': 'ANDROID_KEY_EXTENSION',
    'extended-chain-without-statement': 'ANDROID_KEY_EXTENSION',
    'extended-by-an-authority': 'ANDROID_KEY_EXTENSION',
    'statement-above-the-leaf': 'ANDROID_KEY_EXTENSION',
    'trailing-bytes-in-certificate': 'ANDROID_KEY_CERTIFICATE',
    'truncated-certificate': 'ANDROID_KEY_CERTIFICATE',
    'oversized-certificate': 'ANDROID_KEY_MALFORMED',
    'unknown-item-member': 'ANDROID_KEY_MALFORMED',
  }

  it.each(androidKeyFaults)('with the fault %s are refused by its code, or say so', async (fault) => {
    expect(await codeOf(() => attest(keyboxes.remote, { fault }))).toBe(refusals[fault] ?? 'accepted')
  })

  it.each(androidKeyFaults.filter((fault) => fault !== 'expired-attestation-certificate'))(
    'from the factory with the fault %s are refused by its code, or say so',
    async (fault) => {
      expect(await codeOf(() => attest(keyboxes.factory, { fault }))).toBe(refusals[fault] ?? 'accepted')
    },
  )
})
