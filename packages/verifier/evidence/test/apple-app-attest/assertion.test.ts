import { createPublicKey, sign } from 'node:crypto'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import {
  appleAppAttestAssertion,
  assertionContext,
  assertionKey,
  type AppAttestAssertionClaims,
  type AssertionContextInput,
} from '../../src/apple-app-attest/index.ts'
import type { Verified } from '../../src/index.ts'
import { codeOf } from '../codes.ts'
import {
  appId,
  attestedKeys,
  attesting,
  binding,
  bundleVersion,
  category,
  fixedPart,
  sha256,
} from './apple-authority.ts'
import { assertionItem, type AssertionChanges } from './assertion-item.ts'

const commitment = appleAppAttestAssertion.commitment(binding)

async function asserting(changes: AssertionChanges = {}, context: Partial<AssertionContextInput> = {}) {
  const input: AssertionContextInput = {
    commitment,
    apps: [{ platform: 'ios', appId }],
    key: attestedKeys.publicKey,
    previousCounter: 0,
    ...context,
  }
  const parsed = appleAppAttestAssertion.parse(assertionItem(changes))
  return appleAppAttestAssertion.verify(parsed, assertionContext(input))
}

const refusal = (changes: AssertionChanges, context?: Partial<AssertionContextInput>) =>
  codeOf(() => asserting(changes, context))

test('a genuine assertion becomes verified claims', async () => {
  const extensions = cbor.map(category(4), bundleVersion('42'))
  const verified = await asserting({ extensions })
  expectTypeOf(verified).toEqualTypeOf<Verified<AppAttestAssertionClaims>>()
  expect(verified).toEqual({
    format: 'apple-app-attest-assertion',
    claims: { platform: 'ios', appId, counter: 1, validationCategory: 4, bundleVersion: '42' },
  })
})

test('the key that an attestation claims verifies it', async () => {
  const { publicKey } = await attesting()
  expect(await refusal({}, { key: await assertionKey(publicKey) })).toBe('accepted')
})

test.each([0x00, 0x40, 0x80, 0xc0])('flags %d do not matter', async (flags) => {
  expect(await refusal({ flags })).toBe('accepted')
  expect(await refusal({ flags, extensions: cbor.map(category(4)) })).toBe('accepted')
})

describe('form', () => {
  const genuine = assertionItem({})
  test.each([
    ['a member besides', { ...genuine, key_id: 'x' }],
    ['another format', { ...genuine, format: 'apple-app-attest' }],
    ['no text', { ...genuine, assertion: 1 }],
    ['padding', { ...genuine, assertion: `${genuine.assertion}=` }],
  ])('APP_ATTEST_ITEM: %s', async (_, item) => {
    expect(await codeOf(() => appleAppAttestAssertion.parse(item))).toBe('APP_ATTEST_ITEM')
  })
  test('APP_ATTEST_CBOR: a byte after it', async () => {
    const assertion = Buffer.concat([Buffer.from(genuine.assertion, 'base64url'), Buffer.of(0)])
    const item = { ...genuine, assertion: assertion.toString('base64url') }
    expect(await codeOf(() => appleAppAttestAssertion.parse(item))).toBe('APP_ATTEST_CBOR')
  })
  test.each(['signature', 'authenticatorData'])('APP_ATTEST_MEMBERS: %s', async (member) => {
    expect(await refusal({ members: { [member]: undefined } })).toBe('APP_ATTEST_MEMBERS')
    expect(await refusal({ members: { [member]: cbor.text('text') } })).toBe('APP_ATTEST_MEMBERS')
  })
  test.each([0, 36])('APP_ATTEST_AUTHENTICATOR_DATA: %d bytes', async (length) => {
    expect(await refusal({ data: fixedPart({ counter: 1 }).subarray(0, length) })).toBe(
      'APP_ATTEST_AUTHENTICATOR_DATA',
    )
  })
  test.each([
    ['a byte', Buffer.of(1)],
    ['two maps', Buffer.concat([cbor.map(), cbor.map()])],
  ])('APP_ATTEST_EXTENSIONS: %s', async (_, extensions) => {
    expect(await refusal({ extensions })).toBe('APP_ATTEST_EXTENSIONS')
  })
})

describe('APP_ATTEST_ASSERTION_SIGNATURE', () => {
  const signedData = Buffer.concat([fixedPart({ counter: 1 })])
  test.each([
    ['by another key', { key: fixedKeyPair('P-256', 'another').privateKey }],
    ['for other client data', { commitment: Buffer.alloc(32) }],
    ['with a byte after it', { signature: (each: Buffer) => Buffer.concat([each, Buffer.of(0)]) }],
    ['without its last byte', { signature: (each: Buffer) => each.subarray(0, -1) }],
    ['empty', { signature: () => Buffer.of() }],
    ['of zeros', { signature: () => Buffer.from('3006020100020100', 'hex') }],
    [
      'as r and s side by side',
      {
        signature: () =>
          sign('sha256', sha256(signedData, commitment), {
            key: attestedKeys.privateKey,
            dsaEncoding: 'ieee-p1363',
          }),
      },
    ],
    [
      'over the hash and not over the hash of the hash',
      { signature: () => sign('sha256', Buffer.concat([signedData, commitment]), attestedKeys.privateKey) },
    ],
    [
      'authenticator data changed afterwards',
      { members: { authenticatorData: cbor.bytes(fixedPart({ counter: 2 })) } },
    ],
    [
      'extensions put to it afterwards',
      { members: { authenticatorData: cbor.bytes(Buffer.concat([signedData, cbor.map(category(4))])) } },
    ],
  ] satisfies [string, AssertionChanges][])('%s', async (_, changes) => {
    expect(await refusal(changes)).toBe('APP_ATTEST_ASSERTION_SIGNATURE')
  })
})

test('APP_ATTEST_APP_ID: by another app', async () => {
  expect(await refusal({ appId: 'ABCDE12345.com.example.other' })).toBe('APP_ATTEST_APP_ID')
})

describe('counter', () => {
  test.each([
    [1, 0],
    [0x8000_0000, 0x7fff_ffff],
    [0xffff_ffff, 0xffff_fffe],
    [9, 1],
  ])('%d after %d', async (counter, previousCounter) => {
    expect((await asserting({ counter }, { previousCounter })).claims.counter).toBe(counter)
  })
  test.each([
    [0, 0],
    [1, 1],
    [1, 2],
    [0x7fff_ffff, 0x8000_0000],
    [0, 0xffff_ffff],
  ])('APP_ATTEST_ASSERTION_COUNTER: %d after %d', async (counter, previousCounter) => {
    expect(await refusal({ counter }, { previousCounter })).toBe('APP_ATTEST_ASSERTION_COUNTER')
  })
})

describe('misuse', () => {
  const rsa = storedKeyPair('RSA-2048-1').publicKey
  const onP384 = createPublicKey(
    fixedKeyPair('P-384', 'attested').publicKey.export({ format: 'pem', type: 'spki' }),
  )
  test.each([
    ['no commitment', { commitment: Buffer.of() }],
    ['no apps', { apps: [] }],
    ['a nameless app', { apps: [{ platform: 'ios', appId: '' }] }],
    ['a private key', { key: attestedKeys.privateKey }],
    ['an RSA key', { key: rsa }],
    ['a key on P-384', { key: onP384 }],
    ['a negative counter', { previousCounter: -1 }],
    ['a counter of 33 bits', { previousCounter: 2 ** 32 }],
    ['half a counter', { previousCounter: 0.5 }],
    ['no counter', { previousCounter: NaN }],
  ] satisfies [string, Partial<AssertionContextInput>][])('%s', async (_, context) => {
    expect(await refusal({}, context)).toBe('ERR_INVALID_ARG_VALUE')
  })
})
