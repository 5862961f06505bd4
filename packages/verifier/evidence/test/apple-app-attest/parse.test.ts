import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import { appleAppAttest } from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'
import {
  attestation,
  attestedKeys,
  category,
  bundleVersion,
  coseKey,
  itemOf,
  keyIdOf,
  pointOf,
  type Changes,
} from './apple-authority.ts'

const parsing = (changes: Changes) => codeOf(() => appleAppAttest.parse(itemOf(attestation(changes))))

test('an attestation comes apart', () => {
  const parsed = appleAppAttest.parse(itemOf(attestation()))
  expect(Buffer.from(parsed.keyId)).toEqual(keyIdOf(attestedKeys))
  expect(Buffer.from(parsed.receipt ?? [])).toEqual(Buffer.from('receipt'))
  expect(parsed.authenticatorData).toMatchObject({ counter: 0, appState: {} })
})

test('members of the object may come in any order and more of them, the receipt may be missing', async () => {
  const changes: Changes = {
    members: { cdHash: cbor.bytes(Buffer.alloc(20)), fmt: cbor.text('apple-appattest') },
    statement: { receipt: undefined, more: cbor.int(1) },
  }
  expect(await parsing(changes)).toBe('accepted')
  expect(appleAppAttest.parse(itemOf(attestation(changes)))).not.toHaveProperty('receipt')
})

const genuine = itemOf(attestation())
test.each([
  ['no object', 'text'],
  ['another format', { ...genuine, format: 'software' }],
  ['a member missing', { format: genuine.format, key_id: genuine.key_id }],
  ['a member besides', { ...genuine, more: 1 }],
  ['a key identifier of 31 bytes', { ...genuine, key_id: Buffer.alloc(31).toString('base64url') }],
  [
    'a key identifier in another alphabet',
    { ...genuine, key_id: `${Buffer.alloc(32, 0xff).toString('base64')}` },
  ],
  ['an object that is no text', { ...genuine, attestation: 1 }],
  ['unused bits that are set', { ...genuine, key_id: `${genuine.key_id.slice(0, -1)}_` }],
  ['padding', { ...genuine, attestation: `${genuine.attestation}=` }],
  ['white space', { ...genuine, attestation: `${genuine.attestation} ` }],
  ['an object beyond 64 KiB', { ...genuine, attestation: 'A'.repeat(87_384) }],
])('APP_ATTEST_ITEM: %s', async (_, item) => {
  expect(await codeOf(() => appleAppAttest.parse(item))).toBe('APP_ATTEST_ITEM')
})

test('an object of 64 KiB is looked into, and is no CBOR here', async () => {
  const item = { ...genuine, attestation: Buffer.alloc(65_536).toString('base64url') }
  expect(await codeOf(() => appleAppAttest.parse(item))).toBe('APP_ATTEST_CBOR')
})

test.each([
  ['nothing', () => Buffer.of()],
  ['bytes after it', (object: Buffer) => Buffer.concat([object, Buffer.of(0)])],
  ['the end cut off', (object: Buffer) => object.subarray(0, -1)],
  [
    'indefinite length',
    (object: Buffer) => Buffer.concat([Buffer.of(0xbf), object.subarray(1), Buffer.of(0xff)]),
  ],
  ['10,000 arrays', () => Buffer.alloc(10_000, 0x81)],
  [
    'a member twice',
    (object: Buffer) => Buffer.concat([Buffer.of(0xa4), object.subarray(1), cbor.text('fmt'), cbor.int(0)]),
  ],
])('APP_ATTEST_CBOR: %s', async (_, change) => {
  expect(await parsing({ object: change })).toBe('APP_ATTEST_CBOR')
})

describe('APP_ATTEST_MEMBERS', () => {
  test('an array in place of the object', async () => {
    expect(await parsing({ object: () => cbor.array() })).toBe('APP_ATTEST_MEMBERS')
  })
  test.each(['fmt', 'attStmt', 'authData'])('%s missing or of another type', async (member) => {
    expect(await parsing({ members: { [member]: undefined } })).toBe('APP_ATTEST_MEMBERS')
    expect(await parsing({ members: { [member]: cbor.int(1) } })).toBe('APP_ATTEST_MEMBERS')
  })
  test('x5c missing, of another type, or with a text in it', async () => {
    for (const x5c of [undefined, cbor.bytes(Buffer.of(1)), cbor.array(cbor.text('a'), cbor.text('b'))]) {
      expect(await parsing({ statement: { x5c } })).toBe('APP_ATTEST_MEMBERS')
    }
  })
  test('a receipt that is text', async () => {
    expect(await parsing({ statement: { receipt: cbor.text('receipt') } })).toBe('APP_ATTEST_MEMBERS')
  })
})

test.each(['none', 'packed', 'apple', 'apple-appattest2', 'Apple-AppAttest'])(
  'APP_ATTEST_FORMAT: %s',
  async (format) => {
    expect(await parsing({ format })).toBe('APP_ATTEST_FORMAT')
  },
)

test.each([
  ['none', () => []],
  ['the leaf only', (leaf: Buffer) => [leaf]],
  ['a third', (leaf: Buffer, intermediate: Buffer) => [leaf, intermediate, intermediate]],
])('APP_ATTEST_CERTIFICATE_COUNT: %s', async (_, certificates) => {
  expect(await parsing({ certificates })).toBe('APP_ATTEST_CERTIFICATE_COUNT')
})

test('APP_ATTEST_CERTIFICATE: a byte after the leaf', async () => {
  const certificates: Changes['certificates'] = (leaf, other) => [Buffer.concat([leaf, Buffer.of(0)]), other]
  expect(await parsing({ certificates })).toBe('APP_ATTEST_CERTIFICATE')
})

test('APP_ATTEST_CERTIFICATE: one beyond 8 KiB, which is not read', async () => {
  const longest = Buffer.alloc(8193)
  const inPlace: NonNullable<Changes['certificates']>[] = [
    (leaf) => [leaf, longest],
    (_leaf, intermediate) => [longest, intermediate],
  ]
  for (const certificates of inPlace) expect(await parsing({ certificates })).toBe('APP_ATTEST_CERTIFICATE')
  expect(await parsing({ certificates: (leaf) => [leaf, Buffer.alloc(8192)] })).toBe('accepted')
})

describe('authenticator data', () => {
  test.each([0, 36, 37, 54, 55, 86, 87])('APP_ATTEST_AUTHENTICATOR_DATA: cut to %d bytes', async (length) => {
    expect(await parsing({ changeData: (data) => data.subarray(0, length) })).toBe(
      'APP_ATTEST_AUTHENTICATOR_DATA',
    )
  })

  test('APP_ATTEST_CREDENTIAL_ID: its length is judged before what has to follow', async () => {
    const changes: Changes = { data: { idLength: 31 }, changeData: (data) => data.subarray(0, 55) }
    expect(await parsing(changes)).toBe('APP_ATTEST_CREDENTIAL_ID')
  })
  test.each([0, 31, 33, 0xffff])('APP_ATTEST_CREDENTIAL_ID: of stated length %d', async (idLength) => {
    expect(await parsing({ data: { idLength } })).toBe('APP_ATTEST_CREDENTIAL_ID')
  })

  const point = pointOf(attestedKeys)
  const pairs = (changes: Record<number, Buffer>): Buffer => {
    const usual: Record<number, Buffer> = {
      1: cbor.int(2),
      3: cbor.int(-7),
      [-1]: cbor.int(1),
      [-2]: cbor.bytes(point.subarray(1, 33)),
      [-3]: cbor.bytes(point.subarray(33)),
    }
    return cbor.map(
      ...Object.entries({ ...usual, ...changes }).map(
        ([key, value]) => [cbor.int(Number(key)), value] as const,
      ),
    )
  }
  test('and the key in another order, with a label besides, is read', async () => {
    expect(await parsing({ data: { cose: pairs({ 2: cbor.bytes(Buffer.of(1)) }) } })).toBe('accepted')
  })
  test.each([
    ['cut short', coseKey(point).subarray(0, 40)],
    ['no map', cbor.array()],
    ['kty OKP', pairs({ 1: cbor.int(1) })],
    ['alg ES384', pairs({ 3: cbor.int(-35) })],
    ['crv P-384', pairs({ [-1]: cbor.int(2) })],
    ['x of 31 bytes', pairs({ [-2]: cbor.bytes(Buffer.alloc(31)) })],
    ['y as its sign', pairs({ [-3]: Buffer.of(0xf5) })],
  ])('APP_ATTEST_CREDENTIAL_KEY: %s', async (_, cose) => {
    expect(await parsing({ data: { cose } })).toBe('APP_ATTEST_CREDENTIAL_KEY')
  })
})

describe('extensions', () => {
  const parsed = (extensions: Buffer) =>
    appleAppAttest.parse(itemOf(attestation({ data: { extensions } }))).authenticatorData.appState

  test.each([0x00, 0x40, 0x80, 0xc0])('are read whatever the flags %d say', (flags) => {
    const extensions = cbor.map(category(4), bundleVersion('42'))
    const changes = { data: { extensions, flags } }
    expect(appleAppAttest.parse(itemOf(attestation(changes))).authenticatorData.appState).toEqual({
      validationCategory: 4,
      bundleVersion: '42',
    })
    expect(appleAppAttest.parse(itemOf(attestation({ data: { flags } }))).authenticatorData.appState).toEqual(
      {},
    )
  })

  test('unknown keys are ignored, the category is unsigned, an empty map states nothing', () => {
    expect(
      parsed(cbor.map([cbor.text('new'), cbor.int(1)], category(0xffff_fffe), [cbor.int(7), cbor.int(7)])),
    ).toEqual({
      validationCategory: 0xffff_fffe,
    })
    expect(parsed(cbor.map())).toEqual({})
  })

  test('a CodeDirectory hash of 20 or 32 bytes is reported, anything else there is an unknown key', () => {
    const withHash = (value: Buffer) => parsed(cbor.map([cbor.text('apple_cd_hash_hash_01'), value]))
    expect(withHash(cbor.bytes(Buffer.alloc(32, 0xab)))).toEqual({ codeDirectoryHash: 'ab'.repeat(32) })
    expect(withHash(cbor.bytes(Buffer.alloc(20, 1)))).toEqual({ codeDirectoryHash: '01'.repeat(20) })
    expect(withHash(cbor.bytes(Buffer.alloc(21)))).toEqual({})
    expect(withHash(cbor.text('x'.repeat(32)))).toEqual({})
  })

  test.each([
    ['one byte that is no map', Buffer.of(0)],
    ['an array', cbor.array()],
    ['a second map', Buffer.concat([cbor.map(), cbor.map()])],
    ['a map cut short', cbor.map(category(4)).subarray(0, -1)],
    ['a key twice', cbor.map(category(4), category(3))],
    ['a category of one byte', cbor.map([category(4)[0], cbor.bytes(Buffer.of(4))])],
    ['a category of five bytes', cbor.map([category(4)[0], cbor.bytes(Buffer.alloc(5))])],
    ['a category as an integer', cbor.map([category(4)[0], cbor.int(4)])],
    ['a bundle version as bytes', cbor.map([bundleVersion('')[0], cbor.bytes(Buffer.from('42'))])],
  ])('APP_ATTEST_EXTENSIONS: %s', async (_, extensions) => {
    expect(await parsing({ data: { extensions } })).toBe('APP_ATTEST_EXTENSIONS')
  })
})

test('another key than the attested one is not seen by parsing alone', async () => {
  expect(await parsing({ data: { cose: coseKey(pointOf(fixedKeyPair('P-256', 'another'))) } })).toBe(
    'accepted',
  )
})
