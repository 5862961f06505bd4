import { expect, expectTypeOf, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import type { Verified } from '../../src/index.ts'
import {
  appleAppAttest,
  appleAppAttestAssertion,
  assertionContext,
  assertionKey,
  attestationContext,
  intermediateCache,
  recall,
  remember,
  type AppAttestClaims,
  type StandingExpectation,
} from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'
import {
  anchor,
  anchorOf,
  appId,
  attestation,
  binding,
  bundleVersion,
  category,
  contextInput,
  genuineRoot,
  itemOf,
  now,
  production,
  spkiOf,
  type Changes,
} from './apple-authority.ts'
import { assertionItem } from './assertion-item.ts'

async function attested(changes: Changes = {}, context: Partial<typeof contextInput> = {}) {
  const input = { ...contextInput, intermediates: intermediateCache(), ...context }
  return appleAppAttest.verify(appleAppAttest.parse(itemOf(attestation(changes))), attestationContext(input))
}

/** As a column of a database gives it back. */
const stored = (verified: Verified<AppAttestClaims>): unknown =>
  JSON.parse(JSON.stringify(remember(verified)))
const withClaims = (value: unknown, changes: object): unknown => {
  const { claims, ...rest } = value as { claims: object }
  return { ...rest, claims: { ...claims, ...changes } }
}

const today: StandingExpectation = {
  anchors: [anchor],
  apps: [{ platform: 'ios', appId }],
  environments: ['production'],
  system: 'ios',
}
const refusal = (value: unknown, changes: Partial<StandingExpectation> = {}) =>
  codeOf(() => recall(value, { ...today, ...changes }))

test('remembered evidence is recalled without its receipt', async () => {
  const extensions = cbor.map(category(4), bundleVersion('42'))
  const verified = await attested({ data: { extensions } })
  const recalledClaims = await recall(stored(verified), today)
  expectTypeOf(recalledClaims).toEqualTypeOf<Verified<AppAttestClaims>>()
  const { receipt, ...claims } = verified.claims
  expect(receipt).toBeDefined()
  expect(recalledClaims).toEqual({ format: 'apple-app-attest', claims })
  expect(Object.isFrozen(recalledClaims.claims.publicKey)).toBe(true)
})

test('a context of a verification will do, years after the certificates have expired', async () => {
  const value = stored(await attested())
  expect(await codeOf(() => recall(value, attestationContext({ ...contextInput, now: now + 1e8 })))).toBe(
    'accepted',
  )
})

test('APP_ATTEST_ANCHOR: the root is no longer trusted, one of the same name is', async () => {
  const keys = fixedKeyPair('P-384', 'another')
  const other = anchorOf({ ...genuineRoot, spki: spkiOf(keys), signer: keys })
  const value = stored(await attested())
  expect(await refusal(value, { anchors: [other] })).toBe('APP_ATTEST_ANCHOR')
  expect(await refusal(value, { anchors: [other, anchor] })).toBe('accepted')
})

test('APP_ATTEST_APP_ID: the app is no longer expected', async () => {
  const other = { platform: 'ios', appId: `${appId}.other` } as const
  const value = stored(await attested())
  expect(await refusal(value, { apps: [other] })).toBe('APP_ATTEST_APP_ID')
  expect(await refusal(value, { apps: [other, { platform: 'ios', appId }] })).toBe('accepted')
})

test('APP_ATTEST_ENVIRONMENT: the environment is no longer allowed', async () => {
  const environments = ['development'] as const
  const value = stored(await attested())
  expect(await refusal(value, { environments })).toBe('APP_ATTEST_ENVIRONMENT')
  const aaguid = Buffer.from('appattestdevelop')
  expect(aaguid.length).toBe(production.length)
  const inDevelopment = stored(await attested({ data: { aaguid } }, { environments }))
  expect(await refusal(inDevelopment)).toBe('APP_ATTEST_ENVIRONMENT')
  expect(await refusal(inDevelopment, { environments })).toBe('accepted')
})

test('APP_ATTEST_MAC_SECURITY: Macs are expected now, and the certificate stated none', async () => {
  const value = stored(await attested())
  expect(await refusal(value, { system: 'macos' })).toBe('APP_ATTEST_MAC_SECURITY')
  expect(await refusal(withClaims(value, { macFullSecurity: true }), { system: 'macos' })).toBe('accepted')
})

const point = Buffer.alloc(32).toString('base64url')
test.each([
  ['no App ID', { appId: undefined }],
  ['another platform', { platform: 'android' }],
  ['no anchor', { anchorSha256: undefined }],
  ['an anchor that is no digest', { anchorSha256: 'AB'.repeat(32) }],
  ['an unknown environment', { environment: 'sandbox' }],
  ['a counter', { counter: 1 }],
  ['a key id of 31 bytes', { keyId: Buffer.alloc(31).toString('base64url') }],
  ['a key without a coordinate', { publicKey: { kty: 'EC', crv: 'P-256', x: point } }],
  ['a private key', { publicKey: { kty: 'EC', crv: 'P-256', x: point, y: point, d: point } }],
  ['a key on another curve', { publicKey: { kty: 'EC', crv: 'P-384', x: point, y: point } }],
  ['a category as text', { validationCategory: '4' }],
  ['a version as a number', { bundleVersion: 4 }],
  ['a hash that is not hex', { codeDirectoryHash: 'x' }],
  ['a certificate without its end', { certificate: { sha256: 'ab'.repeat(32), serialNumber: '01' } }],
  ['a receipt', { receipt: 'AAAA' }],
  ['security as text', { macFullSecurity: 'true' }],
])('a stored value with %s is a malfunction', async (_, changes) => {
  const fault = await refusal(withClaims(stored(await attested()), changes))
  expect(fault).toBeInstanceOf(Error)
  expect((fault as Error).name).toBe('Error')
})

test.each([
  ['no anchors', { anchors: [] }],
  ['no apps', { apps: [] }],
  ['a nameless app', { apps: [{ platform: 'ios', appId: '' }] }],
  ['no environments', { environments: [] }],
  ['an unknown environment', { environments: ['sandbox' as never] }],
  ['an unknown system', { system: 'android' as never }],
] satisfies [string, Partial<StandingExpectation>][])('misuse: %s', async (_, changes) => {
  expect(await refusal(stored(await attested()), changes)).toBe('ERR_INVALID_ARG_VALUE')
})

test('refreshes: what is stored of a key verifies each assertion, and each counter is stored for the next', async () => {
  const { claims } = await recall(stored(await attested()), today)
  const key = await assertionKey(claims.publicKey)
  const refresh = async (counter: number, previousCounter: number) => {
    const parsed = appleAppAttestAssertion.parse(assertionItem({ counter }))
    const context = assertionContext({
      commitment: appleAppAttestAssertion.commitment(binding),
      apps: today.apps,
      key,
      previousCounter,
    })
    return (await appleAppAttestAssertion.verify(parsed, context)).claims.counter
  }
  const first = await refresh(1, claims.counter)
  const second = await refresh(7, first)
  expect(second).toBe(7)
  expect(await codeOf(() => refresh(7, second))).toBe('APP_ATTEST_ASSERTION_COUNTER')
})
