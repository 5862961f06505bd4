import { expect, test } from 'vitest'
import type { JsonValue } from '@assay/protocol'
import { describeKeys, KeySetError } from '../../src/token/issuer-keys.ts'
import { issuerEd25519Key, issuerKey, publishedKey } from '../minting.ts'

const es = publishedKey(issuerKey, 'a') as unknown as Record<string, JsonValue>
const ed = publishedKey(issuerEd25519Key, 'b') as unknown as Record<string, JsonValue>
const kids = (keys: JsonValue[]) => describeKeys({ keys }).map(({ kid }) => kid)

test('takes both algorithms, and the key without what surrounds it', () => {
  expect(describeKeys({ keys: [es, ed] })).toEqual([
    { kid: 'a', algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: es['x'], y: es['y'] } },
    { kid: 'b', algorithm: 'Ed25519', jwk: { kty: 'OKP', crv: 'Ed25519', x: ed['x'] } },
  ])
})

test.each([
  ['an unknown algorithm', { ...es, kid: 'x', alg: 'RS256' }],
  ['no algorithm', { kty: 'EC', crv: 'P-256', x: es['x'] as string, y: es['y'] as string, kid: 'x' }],
  ['an algorithm of another key type', { ...ed, kid: 'x', alg: 'ES256' }],
  ['EdDSA', { ...ed, kid: 'x', alg: 'EdDSA' }],
  ['no kid', { ...es, kid: null }],
  ['a kid that is a path', { ...es, kid: '../a' }],
  ['a kid of 129 characters', { ...es, kid: 'k'.repeat(129) }],
  ['another use', { ...es, kid: 'x', use: 'enc' }],
  ['a symmetric key type', { kty: 'oct', alg: 'HS256', kid: 'x' }],
  ['text', 'key'],
  ['null', null],
])('skips a key with %s', (_, key) => {
  expect(kids([es, key])).toEqual(['a'])
})

test.each<[string, JsonValue]>([
  ['a private EC key', { keys: [{ ...es, d: 'AAAA' }] }],
  ['a private key beside good ones', { keys: [es, { ...ed, d: 'AAAA' }] }],
  ['a secret', { keys: [es, { kty: 'oct', k: 'AAAA' }] }],
  ['a kid that occurs twice', { keys: [es, { ...ed, kid: 'a' }] }],
  ['no keys', { keys: [] }],
  ['no key of use', { keys: [{ ...es, alg: 'RS256' }] }],
  ['no list', { keys: es }],
  ['no member keys', {}],
  ['a list', [es]],
  ['null', null],
  ['33 keys', { keys: Array.from({ length: 33 }, (_, i) => ({ ...es, kid: `k${i}` })) }],
])('refuses a set with %s', (_, jwks) => {
  expect(() => describeKeys(jwks)).toThrow(KeySetError)
})
