import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import * as cbor from '../../../../codec/test/cbor/encode.ts'
import { boolean, context, integer, octets, sequence } from '../../../../codec/test/der/encode.ts'
import { extension } from '../../../../codec/test/x509/issue-certificate.ts'
import type { AttestationContextInput } from '../../../src/apple-app-attest/index.ts'
import {
  appId,
  attestation,
  attestedKeys,
  attesting,
  bundleVersion,
  category,
  coseKey,
  development,
  keyIdOf,
  nonceExtension,
  pointOf,
  refusal,
} from '../apple-authority.ts'

const others = fixedKeyPair('P-256', 'others')

describe('nonce', () => {
  const nonceOid = '1.2.840.113635.100.8.2'
  test.each([
    ['missing', () => []],
    ['not wrapped', (nonce: Buffer) => [extension(nonceOid, octets(nonce))]],
    ['under another tag', (nonce: Buffer) => [extension(nonceOid, sequence(context(2, octets(nonce))))]],
    ['of 31 bytes', (nonce: Buffer) => [nonceExtension(nonce.subarray(1))]],
    [
      'with a byte after it',
      (nonce: Buffer) => [
        extension(nonceOid, Buffer.concat([sequence(context(1, octets(nonce))), Buffer.of(0)])),
      ],
    ],
    [
      'with an element after it',
      (nonce: Buffer) => [extension(nonceOid, sequence(context(1, octets(nonce)), integer(1)))],
    ],
    [
      'in another extension',
      (nonce: Buffer) => [extension('1.2.840.113635.100.8.3', sequence(context(1, octets(nonce))))],
    ],
  ])('APP_ATTEST_NONCE_EXTENSION: %s', async (_, leafExtensions) => {
    expect(await refusal({ leafExtensions })).toBe('APP_ATTEST_NONCE_EXTENSION')
  })

  test('APP_ATTEST_NONCE: made for other client data', async () => {
    expect(await refusal({ commitment: Buffer.alloc(32) })).toBe('APP_ATTEST_NONCE')
  })
  test('APP_ATTEST_NONCE: authenticator data changed afterwards', async () => {
    const authData = cbor.bytes(Buffer.concat([...dataOfAnother()]))
    expect(await refusal({ members: { authData } })).toBe('APP_ATTEST_NONCE')
  })
  test('APP_ATTEST_NONCE: extensions put to it afterwards', async () => {
    const members = { authData: cbor.bytes(Buffer.concat([...dataOfAnother(), cbor.map(category(4))])) }
    expect(await refusal({ members })).toBe('APP_ATTEST_NONCE')
  })

  function* dataOfAnother(): Generator<Buffer> {
    const object = attestation({ data: { flags: 0xc0 } })
    yield object.subarray(-164)
  }
})

test('APP_ATTEST_KEY_ID: the identifier of another key', async () => {
  expect(await refusal({ keyId: keyIdOf(others) })).toBe('APP_ATTEST_KEY_ID')
})

describe('App ID', () => {
  test.each(['ABCDE12345.com.example.other', 'ABCDE12345.com.example.App', 'XXXXX12345.com.example.app', ''])(
    'APP_ATTEST_APP_ID: %s',
    async (other) => {
      expect(await refusal({ data: { appId: other } })).toBe('APP_ATTEST_APP_ID')
    },
  )
  test('and of several expected apps the claim says which', async () => {
    const apps = ['ABCDE12345.first', appId].map((each) => ({ platform: 'ios' as const, appId: each }))
    expect(await attesting({}, { apps })).toMatchObject({ appId })
  })
})

test.each([1, 0x8000_0000, 0xffff_ffff])('APP_ATTEST_COUNTER: %d', async (counter) => {
  expect(await refusal({ data: { counter } })).toBe('APP_ATTEST_COUNTER')
})

describe('environment', () => {
  test.each([
    ['zeros', Buffer.alloc(16)],
    ['the first nine bytes only', Buffer.from('appattest1234567')],
    ['a last byte', Buffer.from('appattest\0\0\0\0\0\0\x01')],
    ['another spelling', Buffer.from('appattestDevelop')],
  ])('APP_ATTEST_AAGUID: %s', async (_, aaguid) => {
    const environments = ['production', 'development'] as const
    expect(await refusal({ data: { aaguid } }, { environments })).toBe('APP_ATTEST_AAGUID')
  })
  test('APP_ATTEST_ENVIRONMENT: one where the other is allowed, both ways', async () => {
    const inDevelopment = { data: { aaguid: development } }
    expect(await refusal(inDevelopment)).toBe('APP_ATTEST_ENVIRONMENT')
    expect(await refusal({}, { environments: ['development'] })).toBe('APP_ATTEST_ENVIRONMENT')
    expect(await attesting(inDevelopment, { environments: ['development'] })).toMatchObject({
      environment: 'development',
    })
  })
})

describe('credential', () => {
  test('APP_ATTEST_CREDENTIAL_ID: of another key', async () => {
    expect(await refusal({ data: { credentialId: keyIdOf(others) } })).toBe('APP_ATTEST_CREDENTIAL_ID')
  })
  test('APP_ATTEST_CREDENTIAL_KEY: another key, or another coordinate', async () => {
    const mixed = Buffer.concat([pointOf(attestedKeys).subarray(0, 33), pointOf(others).subarray(33)])
    for (const point of [pointOf(others), mixed]) {
      expect(await refusal({ data: { cose: coseKey(point) } })).toBe('APP_ATTEST_CREDENTIAL_KEY')
    }
  })
})

describe('a Mac', () => {
  const oid = '1.2.840.113635.100.8.6'
  const fullSecurity = Buffer.from(
    'MEAMAjExMDowCQwCb2uhAwEB/zAJDAJvYaEDAQH/MAsMBG9kZWyhAwEB/zAVDARvc2duoAYMBHJzZWMwBaYDAgEB',
    'base64',
  )
  const withControl = (value: Buffer) => ({
    leafExtensions: (nonce: Buffer) => [nonceExtension(nonce), extension(oid, value)],
  })
  const mac: Partial<AttestationContextInput> = { system: 'macos' }
  const secure = withControl(sequence(context(3, octets(fullSecurity))))
  const reduced = withControl(sequence(context(3, octets(sequence(boolean())))))

  test('with full security is one, and says so, in the wrapping of certificates or as documented', async () => {
    expect(await attesting(secure, mac)).toMatchObject({ macFullSecurity: true })
    expect(await attesting(withControl(fullSecurity), mac)).toMatchObject({ macFullSecurity: true })
  })
  test('APP_ATTEST_MAC_SECURITY: with other access control, or without any', async () => {
    expect(await refusal(reduced, mac)).toBe('APP_ATTEST_MAC_SECURITY')
    expect(await refusal({}, mac)).toBe('APP_ATTEST_MAC_SECURITY')
  })
  test('and elsewhere the extension does not matter', async () => {
    expect(await attesting(reduced)).toMatchObject({ macFullSecurity: false })
    expect(await attesting(withControl(octets(fullSecurity)))).toMatchObject({ macFullSecurity: false })
    const elsewhere = {
      leafExtensions: (nonce: Buffer) => [nonceExtension(nonce), extension('1.2.3', fullSecurity)],
    }
    expect(await attesting(elsewhere)).toMatchObject({ macFullSecurity: false })
  })
})

describe('validation category', () => {
  const data = { extensions: cbor.map(category(3), bundleVersion('42')) }
  test('is a claim, for policies to judge', async () => {
    expect(await attesting({ data })).toMatchObject({ validationCategory: 3 })
    const bundleOnly = { extensions: cbor.map(bundleVersion('42')) }
    expect(await attesting({ data: bundleOnly })).not.toHaveProperty('validationCategory')
  })
})
