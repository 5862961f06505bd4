import { describe, expect, test } from 'vitest'
import type { GuardCrypto, ImportableKey } from '@assay/guard'
import { pointOf } from '@assay/protocol'
import { isOnCurve } from '../../src/token/crypto.ts'
import { cryptos, judged, mintProof, newGuard, newKey, publicJwkOf, signBytes } from '../minting.ts'

/** After Wycheproof's ecdsa_secp256r1_sha256_p1363 and ed25519 sets: what a verifier is known to get wrong. */

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const field = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const message = 'eyJhbGciOiJFUzI1NiJ9.e30'
const key = newKey('ES256', 'signer')

const numbers = (signature: Buffer): [bigint, bigint] => [
  BigInt(`0x${signature.subarray(0, 32).toString('hex')}`),
  BigInt(`0x${signature.subarray(32).toString('hex')}`),
]
const bytes32 = (value: bigint) => Buffer.from((value % 2n ** 256n).toString(16).padStart(64, '0'), 'hex')
const pair = (r: bigint, s: bigint) => Buffer.concat([bytes32(r), bytes32(s)])

const good = signBytes(message, key)
const [r, s] = numbers(good)

const refused: [string, Buffer][] = [
  ['r zero', pair(0n, s)],
  ['s zero', pair(r, 0n)],
  ['both zero', pair(0n, 0n)],
  ['r and s one', pair(1n, 1n)],
  ['r the order', pair(order, s)],
  ['s the order', pair(r, order)],
  ['r above the order', pair(order + 1n, s)],
  ['s above the order', pair(r, order + s)],
  ['r plus the order', pair(r + order, s)],
  ['r negated', pair(order - r, s)],
  ['both negated', pair(order - r, order - s)],
  ['r minus the field', pair(field - r, s)],
  ['all ones', Buffer.alloc(64, 0xff)],
  ['r and s swapped', pair(s, r)],
  ['truncated by a byte', good.subarray(0, 63)],
  ['r alone', good.subarray(0, 32)],
  ['a byte more', Buffer.concat([good, Buffer.of(0)])],
  ['33 bytes each', Buffer.concat([Buffer.of(0), good.subarray(0, 32), Buffer.of(0), good.subarray(32)])],
  ['a zero byte before', Buffer.concat([Buffer.of(0), good.subarray(0, 63)])],
  [
    'as for P-384',
    Buffer.concat([Buffer.alloc(16), good.subarray(0, 32), Buffer.alloc(16), good.subarray(32)]),
  ],
  ['empty', Buffer.alloc(0)],
  ['over another message', signBytes(`${message}x`, key)],
  ['by another key', signBytes(message, newKey('ES256', 'another'))],
]

async function verifies(
  crypto: GuardCrypto,
  jwk: ImportableKey,
  text: string,
  signature: string,
): Promise<boolean> {
  const imported = await crypto.importKey(jwk)
  if (imported === undefined) throw new Error('the key was refused')
  return imported.verify(text, signature)
}

describe.each(cryptos)('%s', (_, newCrypto) => {
  const crypto = newCrypto()
  const check = (signature: Buffer | string) =>
    verifies(
      crypto,
      publicJwkOf(key),
      message,
      typeof signature === 'string' ? signature : signature.toString('base64url'),
    )

  test('takes a signature in either half of s, as RFC 7518 does', async () => {
    expect(await check(good)).toBe(true)
    expect(await check(pair(r, order - s))).toBe(true)
  })

  test.each(refused)('refuses %s', async (_name, signature) => {
    expect(await check(signature)).toBe(false)
  })

  test.each([
    ['padding', (text: string) => `${text}==`],
    ['plain base64', (text: string) => `${text.slice(0, 4)}+/${text.slice(6)}`],
    ['a space', (text: string) => ` ${text.slice(1)}`],
    ['a line break at the end', (text: string) => `${text}\n`],
    ['bits beyond the last byte', (text: string) => text.slice(0, -1) + nextOf(text.at(-1) as string)],
    ['a letter of another alphabet', (text: string) => `é${text.slice(1)}`],
  ])('refuses %s in the text of a good signature', async (_name, change) => {
    expect(await check(change(good.toString('base64url')))).toBe(false)
  })

  test('an Ed25519 key takes its own signatures only', async () => {
    const ed = newKey('Ed25519', 'signer')
    const jwk: ImportableKey = { kty: 'OKP', crv: 'Ed25519', x: ed.jwk['x'] as string }
    expect(await verifies(crypto, jwk, message, signBytes(message, ed).toString('base64url'))).toBe(true)
    expect(await verifies(crypto, jwk, message, good.toString('base64url'))).toBe(false)
    expect(await verifies(crypto, jwk, `${message}x`, signBytes(message, ed).toString('base64url'))).toBe(
      false,
    )
  })

  test.each([
    ['off the curve', { ...publicJwkOf(key), y: publicJwkOf(key).x }],
    [
      'the origin',
      { ...publicJwkOf(key), x: bytes32(0n).toString('base64url'), y: bytes32(0n).toString('base64url') },
    ],
    ['a coordinate outside the field', { ...publicJwkOf(key), x: bytes32(field).toString('base64url') }],
  ])('refuses a key %s', async (_name, jwk) => {
    expect(await crypto.importKey(jwk)).toBeUndefined()
  })

  test('hashes and MACs as RFC 6234 and RFC 4231 say', async () => {
    expect(await crypto.sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    expect(await crypto.sha256(Buffer.from('abc'))).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    const mac = await crypto.hmacSha256(Buffer.alloc(20, 0x0b), Buffer.from('Hi There'))
    expect(Buffer.from(mac).toString('hex')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    )
  })

  test('a proof with s in the upper half is a proof', async () => {
    const proof = mintProof()
    const at = proof.lastIndexOf('.')
    const [proofR, proofS] = numbers(Buffer.from(proof.slice(at + 1), 'base64url'))
    const other = `${proof.slice(0, at)}.${pair(proofR, order - proofS).toString('base64url')}`
    const guard = newGuard({ crypto })
    expect(await judged(guard, { proof: other })).toBe('ok')
    // It is the same proof: what is remembered is its jti, not its text.
    expect(await judged(guard, { proof })).toBe('PROOF_REPLAYED')
  })
})

/** The next character of the alphabet: the same two bits that count, and another of the four that must be zero. */
function nextOf(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 1)
}

test('a point is on the curve, or no key: some runtimes import one that is not', () => {
  for (let i = 0; i < 20; i++) {
    const jwk = publicJwkOf(newKey('ES256', `point ${i}`))
    const point = pointOf(jwk) as Uint8Array
    expect(isOnCurve(point)).toBe(true)
    for (const at of [1, 32, 33, 64]) {
      const other = point.slice()
      other[at] = (other[at] as number) ^ 1
      expect(isOnCurve(other)).toBe(false)
    }
  }
  const beyond = new Uint8Array(65).fill(0xff)
  expect(isOnCurve(beyond)).toBe(false)
  expect(isOnCurve(new Uint8Array(65))).toBe(false)
})
