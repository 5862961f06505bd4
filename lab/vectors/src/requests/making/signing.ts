import { createECDH, createHash, sign, type KeyObject } from 'node:crypto'
import { fixedKeyPair } from '@assay/testkit/fixed'

/** Keys and signatures that are the same in every run. Anyone can compute them: they protect nothing. */

export interface SigningKey {
  readonly alg: 'ES256' | 'Ed25519'
  readonly privateKey: KeyObject
  /** Public members only. */
  readonly jwk: Readonly<Record<string, string>>
  /** With the private member. */
  readonly privateJwk: Readonly<Record<string, string>>
}

export function signingKey(alg: SigningKey['alg'], name: string): SigningKey {
  const { privateKey } = fixedKeyPair(alg === 'ES256' ? 'P-256' : alg, `requests ${name}`)
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' }) as Record<string, string>
  const jwk = { kty, crv, x, ...(y === undefined ? {} : { y }) } as Record<string, string>
  return { alg, privateKey, jwk, privateJwk: { ...jwk, d: d as string } }
}

/** The order of P-256 (SP 800-186 section 3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * A signature with this key that never changes. Node draws the secret number of an ECDSA signature; here it is a digest of
 * key and message, in the spirit of RFC 6979, and Node multiplies the point.
 */
export function signature(input: string, { alg, privateKey, privateJwk }: SigningKey): Buffer {
  if (alg === 'Ed25519') return sign(null, Buffer.from(input), privateKey)
  const d = toNumber(Buffer.from(privateJwk['d'] as string, 'base64url'))
  const z = toNumber(createHash('sha256').update(input).digest())
  for (let attempt = 0; ; attempt++) {
    const secret = createHash('sha256').update(`${privateJwk['d']} ${attempt} ${input}`).digest()
    const k = toNumber(secret)
    if (k === 0n || k >= order) continue
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(secret)
    const r = toNumber(ecdh.getPublicKey().subarray(1, 33)) % order
    const s = (inverse(k) * (z + r * d)) % order
    if (r !== 0n && s !== 0n) return Buffer.concat([toBytes(r), toBytes(s)])
  }
}

/** Header and payload as objects, or as the exact JSON text. */
export function signed(header: object | string, payload: object | string, key: SigningKey): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signature(input, key).toString('base64url')}`
}

export function encode(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** Base64url of SHA-256. */
export function digest(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url')
}

/** The same two numbers in DER, as most libraries give them. */
export function inDer(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const bare = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
    const body = (bare[0] as number) >= 0x80 ? Buffer.concat([Buffer.of(0), bare]) : bare
    return Buffer.concat([Buffer.of(2, body.length), body])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

/** The signature of an ECDSA signature that is as good as it: s is replaced by the order less s. */
export function withOtherS(raw: Buffer): Buffer {
  return Buffer.concat([raw.subarray(0, 32), toBytes(order - toNumber(raw.subarray(32)))])
}

/** Ed25519: S plus the group order is another encoding of the same scalar (RFC 8032 section 5.1.7 refuses it). */
export function withLargeS(raw: Buffer): Buffer {
  const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n
  const s = toNumber(Buffer.from(raw.subarray(32)).reverse()) + groupOrder
  return Buffer.concat([raw.subarray(0, 32), toBytes(s).reverse()])
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
}

/** By the extended algorithm of Euclid. */
function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, order, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % order) + order) % order
}
