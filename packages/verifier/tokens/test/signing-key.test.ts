import { createHash, createPrivateKey } from 'node:crypto'
import { thumbprintInput, tokenAlgorithms, type TokenAlgorithm } from '@assay/protocol'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import {
  exportPrivate,
  generateSigningKey,
  importPrivate,
  withRetirement,
  type StoredKey,
} from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const now = 1_790_000_000
const day = 86_400

function stored(alg: TokenAlgorithm, changes: Partial<StoredKey> = {}): StoredKey {
  const key = generateSigningKey(alg, now)
  const { kid, createdAt, activateAt, retireAt } = key
  return { kid, alg, pkcs8: exportPrivate(key), createdAt, activateAt, retireAt, ...changes }
}

test.each(tokenAlgorithms)('a new %s key is published a day before it signs', (alg) => {
  const key = generateSigningKey(alg, now)
  expect(key).toMatchObject({ alg, createdAt: now, activateAt: now + day, retireAt: null })
  expect(key.jwk).toMatchObject({ alg, use: 'sig', kid: key.kid })
  expect(generateSigningKey(alg, now).kid).not.toBe(key.kid)
  expect(generateSigningKey(alg, now, now).activateAt).toBe(now)
})

test('what is published has no private member, and does not change', () => {
  expect(Object.keys(generateSigningKey('ES256', now).jwk).sort()).toEqual(
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'].sort(),
  )
  expect(Object.keys(generateSigningKey('Ed25519', now).jwk).sort()).toEqual(
    ['alg', 'crv', 'kid', 'kty', 'use', 'x'].sort(),
  )
  const key = generateSigningKey('ES256', now)
  expect(Object.isFrozen(key)).toBe(true)
  expect(Object.isFrozen(key.jwk)).toBe(true)
})

test('a key as text shows nothing private', () => {
  expect(JSON.stringify(generateSigningKey('ES256', now))).not.toMatch(/"d"|PRIVATE/)
})

describe('the key id is the thumbprint', () => {
  test('of RFC 7638 for P-256', () => {
    const { kid, jwk } = generateSigningKey('ES256', now)
    if (jwk.kty !== 'EC') throw new Error('not EC')
    expect(createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')).toBe(kid)
  })

  test('of RFC 8037 appendix A.3 for Ed25519', () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    }
    const pkcs8 = createPrivateKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'pkcs8' })
    const kid = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
    const key = importPrivate({ kid, alg: 'Ed25519', pkcs8, createdAt: now, activateAt: now, retireAt: null })
    expect(key.jwk).toEqual({ kty: 'OKP', crv: 'Ed25519', x: jwk.x, alg: 'Ed25519', use: 'sig', kid })
  })
})

test.each(tokenAlgorithms)('a stored %s key comes back as it was', (alg) => {
  const key = generateSigningKey(alg, now)
  const { kid, createdAt, activateAt } = key
  const again = importPrivate({
    kid,
    alg,
    pkcs8: exportPrivate(key),
    createdAt,
    activateAt,
    retireAt: now + 9 * day,
  })
  expect(again.privateKey.equals(key.privateKey)).toBe(true)
  expect(again).toMatchObject({ kid, alg, jwk: key.jwk, createdAt, activateAt, retireAt: now + 9 * day })
  expect(again.encodedHeader).toBe(key.encodedHeader)
})

describe('a store that gives another key back has a fault: no misuse, and no key', () => {
  const p384 = fixedKeyPair('P-384', 'of no token algorithm').privateKey
  const ed448 = fixedKeyPair('Ed448', 'of no token algorithm').privateKey
  const der = (key: typeof p384) => key.export({ format: 'der', type: 'pkcs8' })
  test.each([
    [
      'bytes cut',
      stored('ES256', { pkcs8: exportPrivate(generateSigningKey('ES256', now)).subarray(0, 60) }),
      /cannot be read/,
    ],
    ['no bytes', stored('ES256', { pkcs8: new Uint8Array(0) }), /cannot be read/],
    ['another algorithm', stored('Ed25519', { alg: 'ES256' }), /not of its algorithm/],
    ['the other algorithm', stored('ES256', { alg: 'Ed25519' }), /not of its algorithm/],
    ['another curve', stored('ES256', { pkcs8: der(p384) }), /not of its algorithm/],
    ['another Edwards curve', stored('Ed25519', { pkcs8: der(ed448) }), /not of its algorithm/],
    ['another key id', stored('ES256', { kid: generateSigningKey('ES256', now).kid }), /another one/],
  ])('%s', (_, key, message) => {
    const error = thrownBy(() => importPrivate(key))
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toEqual(misuse)
    expect((error as Error).message).toMatch(message)
  })
})

describe('the end of a key', () => {
  test('can be planned and cancelled', () => {
    const key = generateSigningKey('ES256', now)
    const ending = withRetirement(key, now + 5 * day)
    expect(ending).toEqual({ ...key, retireAt: now + 5 * day })
    expect(key.retireAt).toBeNull()
    expect(withRetirement(ending, null)).toEqual(key)
  })

  test('in milliseconds is misuse', () => {
    expect(thrownBy(() => withRetirement(generateSigningKey('ES256', now), now * 1000))).toEqual(misuse)
  })
})

describe('misuse', () => {
  test.each(['HS256', 'none', 'RS256', 'EdDSA', 'toString'])('the algorithm %s', (name) => {
    const alg = name as TokenAlgorithm
    expect(thrownBy(() => generateSigningKey(alg, now))).toEqual(misuse)
    expect(thrownBy(() => importPrivate(stored('ES256', { alg })))).toEqual(misuse)
  })

  test.each([0, -1, 1.5, Number.NaN, now * 1000])('the time %s', (wrong) => {
    expect(thrownBy(() => generateSigningKey('ES256', wrong))).toEqual(misuse)
    expect(thrownBy(() => generateSigningKey('ES256', now, wrong))).toEqual(misuse)
    expect(thrownBy(() => importPrivate(stored('ES256', { retireAt: wrong })))).toEqual(misuse)
  })

  test('a key that signs before it is made', () => {
    expect(thrownBy(() => generateSigningKey('ES256', now, now - 1))).toEqual(misuse)
  })
})
