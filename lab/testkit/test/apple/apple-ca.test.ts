import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  appleAppAttestationRoot,
  assertionContext,
  attestationContext,
  intermediateCache,
  parseReceipt,
  type AppAttestErrorCode,
  type AttestationContextInput,
} from '@assay/evidence/apple-app-attest'
import {
  appleAssertionFaults,
  appleAttestationFaults,
  createAppleCa,
  newAppAttestKey,
  type AppleAssertionFault,
  type AppleAssertionRequest,
  type AppleAttestationFault,
  type AppleAttestationRequest,
} from '../../src/index.ts'
import { codeOf } from '../verifying.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
const appId = 'ABCDE12345.com.example.app'
const clientDataHash = createHash('sha256').update(binding).digest()
const appState = { validationCategory: 4, bundleVersion: '42', codeDirectoryHash: Buffer.alloc(32, 7) }

const ca = createAppleCa({ now: () => now })
const key = newAppAttestKey()
const anchor = appAttestAnchor('testkit', ca.root)

function attest(
  request: Partial<AppleAttestationRequest> = {},
  context: Partial<AttestationContextInput> = {},
) {
  const parsed = appleAppAttest.parse(ca.attest(key, { appId, clientDataHash, ...request }))
  return appleAppAttest.verify(
    parsed,
    attestationContext({
      commitment: appleAppAttest.commitment(binding),
      now: now / 1000,
      anchors: [anchor],
      apps: [{ platform: 'ios', appId }],
      environments: ['production'],
      intermediates: intermediateCache(),
      system: 'ios',
      ...context,
    }),
  )
}

function assert(request: Partial<AppleAssertionRequest> = {}) {
  const item = ca.assert(key, { appId, clientDataHash, counter: 5, ...request })
  return appleAppAttestAssertion.verify(
    appleAppAttestAssertion.parse(item),
    assertionContext({
      commitment: appleAppAttestAssertion.commitment(binding),
      apps: [{ platform: 'ios', appId }],
      key: key.publicKey,
      previousCounter: 4,
    }),
  )
}

describe('attestations', () => {
  it.each([
    ['before iOS 27', {}, {}, { environment: 'production', counter: 0, macFullSecurity: false }],
    ['of iOS 27', { appState }, {}, { validationCategory: 4, bundleVersion: '42' }],
    [
      'of the development environment',
      { environment: 'development' },
      { environments: ['development'] },
      { environment: 'development' },
    ],
    ['of a Mac', { mac: true }, { system: 'macos' }, { macFullSecurity: true }],
  ] as const)('%s are accepted', async (_name, request, context, claims) => {
    expect((await attest(request, context)).claims).toMatchObject({
      appId,
      keyId: key.keyId.toString('base64url'),
      ...claims,
    })
  })

  it('hold a receipt that can be read', async () => {
    const { claims } = await attest({ riskMetric: 3 })
    expect(parseReceipt(claims.receipt ?? Buffer.alloc(0))).toMatchObject({
      appId,
      type: 'RECEIPT',
      environment: 'production',
      riskMetric: 3,
      createdAt: now / 1000,
    })
  })

  it("are not accepted under Apple's own root", async () => {
    const apple = appAttestAnchor('apple', appleAppAttestationRoot.pem)
    expect(await codeOf(() => attest({}, { anchors: [apple] }))).toBe('APP_ATTEST_ANCHOR')
  })

  const refusals: Readonly<Record<AppleAttestationFault, AppAttestErrorCode>> = {
    'other-client-data': 'APP_ATTEST_NONCE',
    'changed-authenticator-data': 'APP_ATTEST_NONCE',
    'other-team': 'APP_ATTEST_APP_ID',
    'other-bundle-id': 'APP_ATTEST_APP_ID',
    'sandbox-environment': 'APP_ATTEST_ENVIRONMENT',
    'other-authenticator': 'APP_ATTEST_AAGUID',
    'counter-not-zero': 'APP_ATTEST_COUNTER',
    'key-id-mismatch': 'APP_ATTEST_KEY_ID',
    'credential-id-mismatch': 'APP_ATTEST_CREDENTIAL_ID',
    'credential-id-too-long': 'APP_ATTEST_CREDENTIAL_ID',
    'credential-key-mismatch': 'APP_ATTEST_CREDENTIAL_KEY',
    'leaf-on-other-curve': 'APP_ATTEST_LEAF_KEY',
    'expired-leaf': 'APP_ATTEST_EXPIRED',
    'leaf-not-yet-valid': 'APP_ATTEST_NOT_YET_VALID',
    'leaf-without-nonce': 'APP_ATTEST_NONCE_EXTENSION',
    'leaf-with-short-nonce': 'APP_ATTEST_NONCE_EXTENSION',
    'leaf-with-two-nonces': 'APP_ATTEST_CERTIFICATE',
    'unknown-critical-extension': 'APP_ATTEST_CRITICAL_EXTENSION',
    'leaf-signed-with-sha512': 'APP_ATTEST_LEAF_SIGNATURE',
    'other-issuer-name': 'APP_ATTEST_ISSUER',
    'other-intermediate': 'APP_ATTEST_LEAF_SIGNATURE',
    'expired-intermediate': 'APP_ATTEST_EXPIRED',
    'intermediate-no-ca': 'APP_ATTEST_INTERMEDIATE_CA',
    'intermediate-on-other-curve': 'APP_ATTEST_INTERMEDIATE_KEY',
    'other-root': 'APP_ATTEST_INTERMEDIATE_SIGNATURE',
    'other-root-name': 'APP_ATTEST_ANCHOR',
    'leaf-alone': 'APP_ATTEST_CERTIFICATE_COUNT',
    'root-included': 'APP_ATTEST_CERTIFICATE_COUNT',
    'trailing-bytes-in-certificate': 'APP_ATTEST_CERTIFICATE',
    'other-format': 'APP_ATTEST_FORMAT',
    'no-authenticator-data': 'APP_ATTEST_MEMBERS',
    'certificates-as-text': 'APP_ATTEST_MEMBERS',
    'short-authenticator-data': 'APP_ATTEST_AUTHENTICATOR_DATA',
    'trailing-bytes-in-authenticator-data': 'APP_ATTEST_EXTENSIONS',
    'malformed-extensions': 'APP_ATTEST_EXTENSIONS',
    'trailing-bytes': 'APP_ATTEST_CBOR',
    truncated: 'APP_ATTEST_CBOR',
    'nested-cbor': 'APP_ATTEST_CBOR',
    'huge-length': 'APP_ATTEST_CBOR',
    'indefinite-length': 'APP_ATTEST_CBOR',
    'member-twice': 'APP_ATTEST_CBOR',
    oversized: 'APP_ATTEST_ITEM',
    'unknown-item-member': 'APP_ATTEST_ITEM',
  }

  it.each(appleAttestationFaults)('with the fault %s are refused by its code', async (fault) => {
    expect(await codeOf(() => attest({ fault }))).toBe(refusals[fault])
    expect(await codeOf(() => attest({ fault, appState }))).toBe(refusals[fault])
  })

  it('of a Mac that states no security are refused', async () => {
    expect(await codeOf(() => attest({}, { system: 'macos' }))).toBe('APP_ATTEST_MAC_SECURITY')
  })

  it('of an app that was signed for development say so', async () => {
    const signedForDevelopment = { ...appState, validationCategory: 3 }
    expect((await attest({ appState: signedForDevelopment })).claims).toMatchObject({ validationCategory: 3 })
  })
})

describe('assertions', () => {
  it.each([
    ['before iOS 27', undefined],
    ['of iOS 27', appState],
  ])('%s are accepted', async (_name, state) => {
    expect((await assert({ appState: state })).claims).toMatchObject({ appId, counter: 5 })
  })

  const refusals: Readonly<Record<AppleAssertionFault, AppAttestErrorCode>> = {
    'other-client-data': 'APP_ATTEST_ASSERTION_SIGNATURE',
    'other-key': 'APP_ATTEST_ASSERTION_SIGNATURE',
    'other-team': 'APP_ATTEST_APP_ID',
    'counter-repeated': 'APP_ATTEST_ASSERTION_COUNTER',
    'counter-rolled-back': 'APP_ATTEST_ASSERTION_COUNTER',
    'changed-counter': 'APP_ATTEST_ASSERTION_SIGNATURE',
    'malformed-signature': 'APP_ATTEST_ASSERTION_SIGNATURE',
    'no-signature': 'APP_ATTEST_MEMBERS',
    'short-authenticator-data': 'APP_ATTEST_AUTHENTICATOR_DATA',
    'malformed-extensions': 'APP_ATTEST_EXTENSIONS',
    'trailing-bytes': 'APP_ATTEST_CBOR',
    truncated: 'APP_ATTEST_CBOR',
  }

  it.each(appleAssertionFaults)('with the fault %s are refused by its code', async (fault) => {
    expect(await codeOf(() => assert({ fault }))).toBe(refusals[fault])
  })
})
