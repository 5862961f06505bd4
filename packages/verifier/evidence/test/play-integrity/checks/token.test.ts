import { createPublicKey, createHmac, createSecretKey, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fixedBytes, fixedKeyPair } from '@assay/testkit/fixed'
import { PlayIntegrityError } from '../../../src/play-integrity/index.ts'
import { es256, refusal, token, verificationKeys, verifying, type Changes } from '../google-play.ts'

const outer = { alg: 'A256KW', enc: 'A256GCM' }

test.each([
  ['alg A128KW', { ...outer, alg: 'A128KW' }],
  ['alg A256GCMKW', { ...outer, alg: 'A256GCMKW' }],
  ['alg dir', { ...outer, alg: 'dir' }],
  ['alg in lower case', { ...outer, alg: 'a256kw' }],
  ['alg as a list', { ...outer, alg: ['A256KW'] }],
  ['no alg', { enc: 'A256GCM' }],
  ['enc A128GCM', { ...outer, enc: 'A128GCM' }],
  ['enc A256CBC-HS512', { ...outer, enc: 'A256CBC-HS512' }],
  ['no enc', { alg: 'A256KW' }],
  ['zip', { ...outer, zip: 'DEF' }],
  ['crit', { ...outer, crit: ['exp'], exp: 1 }],
  ['an empty crit', { ...outer, crit: [] }],
  ['zip as null', { ...outer, zip: null }],
])('PLAY_INTEGRITY_JWE_HEADER: %s', async (_, jweHeader) => {
  expect(await refusal({ jweHeader })).toBe('PLAY_INTEGRITY_JWE_HEADER')
})

test('and other members of the headers do not count', async () => {
  expect(await refusal({ jweHeader: { ...outer, kid: '1', cty: 'JWT' } })).toBe('accepted')
  expect(await refusal({ jwsHeader: { alg: 'ES256', kid: '1', typ: 'JWT' } })).toBe('accepted')
})

const flip = (index: number) => (parts: string[]) =>
  parts.map((each, i) => {
    const bytes = Buffer.from(each, 'base64url')
    if (i === index) bytes[0]! ^= 1
    return bytes.toString('base64url')
  })

describe('PLAY_INTEGRITY_KEY_UNWRAP', () => {
  test('wrapped for another app', async () => {
    expect(await refusal({ wrappingKey: fixedBytes('key of another app', 32) })).toBe(
      'PLAY_INTEGRITY_KEY_UNWRAP',
    )
  })
  test('the keys were replaced', async () => {
    const decryptionKey = createSecretKey(fixedBytes('replaced key', 32))
    expect(await refusal({}, { decryptionKey })).toBe('PLAY_INTEGRITY_KEY_UNWRAP')
  })
  test('a bit of it', async () => {
    expect(await refusal({ parts: flip(1) })).toBe('PLAY_INTEGRITY_KEY_UNWRAP')
  })
})

test("OpenSSL's error is kept as the cause", async () => {
  for (const parts of [flip(1), flip(4)]) {
    const fault: unknown = await verifying({ parts }).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(PlayIntegrityError)
    expect((fault as PlayIntegrityError).cause).toBeInstanceOf(Error)
  }
})

test.each([
  ['a bit of the initialisation vector', flip(2)],
  ['a bit of the ciphertext', flip(3)],
  ['a bit of the tag', flip(4)],
  ['no ciphertext', (parts: string[]) => parts.map((each, i) => (i === 3 ? '' : each))],
  [
    'the header of another token',
    (parts: string[]) => [token({ jweHeader: { ...outer, kid: 'x' } }).split('.')[0]!, ...parts.slice(1)],
  ],
])('PLAY_INTEGRITY_DECRYPTION: %s', async (_, parts) => {
  expect(await refusal({ parts })).toBe('PLAY_INTEGRITY_DECRYPTION')
})

test.each([
  ['the verdict without signature', (jws: string) => Buffer.from(jws.split('.')[1]!, 'base64url').toString()],
  ['two parts', (jws: string) => jws.split('.').slice(0, 2).join('.')],
  ['four parts', (jws: string) => `${jws}.AA`],
  ['no signature', (jws: string) => `${jws.split('.').slice(0, 2).join('.')}.`],
  ['a header that is no JSON', (jws: string) => ['AA', ...jws.split('.').slice(1)].join('.')],
  ['a payload with padding', (jws: string) => jws.replace('.', '.=')],
  ['a line break after it', (jws: string) => `${jws}\n`],
  ['nothing', () => ''],
  ['bytes that are no text', () => Buffer.of(0xff)],
])('PLAY_INTEGRITY_JWS_FORM: %s', async (_, content) => {
  expect(await refusal({ content })).toBe('PLAY_INTEGRITY_JWS_FORM')
})

test.each([
  ['none', { jwsHeader: { alg: 'none' } }],
  ['ES384', { jwsHeader: { alg: 'ES384' } }],
  [
    'HS256 with the public key as the secret',
    {
      jwsHeader: { alg: 'HS256' },
      signature: (input: Buffer) =>
        createHmac('sha256', verificationKeys.publicKey.export({ format: 'der', type: 'spki' }))
          .update(input)
          .digest(),
    },
  ],
  ['no alg', { jwsHeader: {} }],
  ['crit', { jwsHeader: { alg: 'ES256', crit: ['b64'], b64: false } }],
  ['zip', { jwsHeader: { alg: 'ES256', zip: 'DEF' } }],
] satisfies [string, Changes][])('PLAY_INTEGRITY_JWS_HEADER: %s', async (_, changes) => {
  expect(await refusal(changes)).toBe('PLAY_INTEGRITY_JWS_HEADER')
})

describe('PLAY_INTEGRITY_SIGNATURE', () => {
  const strangers = fixedKeyPair('P-256', 'strangers')
  test.each([
    ['by another key', { signature: (input: Buffer) => es256(input, strangers.privateKey) }],
    [
      'by another key, which the header brings along',
      {
        // By way of text: Node 20 can lock itself out in the export of a key that was generated in this process.
        jwsHeader: {
          alg: 'ES256',
          jwk: createPublicKey(strangers.publicKey.export({ type: 'spki', format: 'pem' })).export({
            format: 'jwk',
          }),
        },
        signature: (input: Buffer) => es256(input, strangers.privateKey),
      },
    ],
    ['in DER', { signature: (input: Buffer) => sign('sha256', input, verificationKeys.privateKey) }],
    ['of zeros', { signature: () => Buffer.alloc(64) }],
    ['with a byte more', { signature: (input: Buffer) => Buffer.concat([es256(input), Buffer.of(0)]) }],
    [
      'with SHA-384',
      {
        signature: (input: Buffer) =>
          sign('sha384', input, { key: verificationKeys.privateKey, dsaEncoding: 'ieee-p1363' }),
      },
    ],
  ] satisfies [string, Changes][])('%s', async (_, changes) => {
    expect(await refusal(changes)).toBe('PLAY_INTEGRITY_SIGNATURE')
  })
})
