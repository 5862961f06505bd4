import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { KeyPair } from './key-pair.ts'
import { storedKeys, type StoredKey } from './stored-keys.ts'

/**
 * Keys and bytes that are the same in every run, so that a test which fails once fails again. Anyone can compute these
 * private keys: they are for tests alone.
 */

const curves = {
  'P-256': ['prime256v1', 32],
  'P-384': ['secp384r1', 48],
  'P-521': ['secp521r1', 66],
  secp256k1: ['secp256k1', 32],
} as const

export type EcCurve = keyof typeof curves
export type FixedKeyKind = EcCurve | 'Ed25519' | 'Ed448'

/** The same key for the same name, another for another name. */
export function fixedKeyPair(kind: FixedKeyKind, name: string): KeyPair {
  const seed = (length: number): Buffer => fixedBytes(`${kind} key ${name}`, length)
  switch (kind) {
    case 'Ed25519':
      return fromPkcs8(Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed(32)]))
    case 'Ed448':
      return fromPkcs8(Buffer.concat([Buffer.from('3047020100300506032b6571043b0439', 'hex'), seed(57)]))
    default:
      return fromScalar(kind, seed(curves[kind][1]))
  }
}

/** RSA and DSA keys take long to make, and no short seed leads to them: these are stored. */
export function storedKeyPair(name: StoredKey): KeyPair {
  return fromPkcs8(Buffer.from(storedKeys[name], 'base64'))
}

/** Bytes that compress as little as random ones, and are the same for the same name and length. */
export function fixedBytes(name: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(name).digest()
}

/** A source of bytes that gives others at each call, and the same in every run. */
export function fixedRandom(name: string): (length: number) => Buffer {
  let calls = 0
  return (length) => fixedBytes(`${name} ${(calls += 1)}`, length)
}

function fromScalar(crv: EcCurve, scalar: Buffer): KeyPair {
  const [curve, size] = curves[crv]
  // Below the order of the curve: that of P-521 has one bit in its first byte, the others begin with a set bit.
  scalar.writeUInt8(crv === 'P-521' ? 0 : scalar.readUInt8(0) & 0x7f, 0)
  const ecdh = createECDH(curve)
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const [x, y, d] = [point.subarray(1, 1 + size), point.subarray(1 + size), scalar].map((number) =>
    number.toString('base64url'),
  ) as [string, string, string]
  return pairOf(createPrivateKey({ key: { kty: 'EC', crv, x, y, d }, format: 'jwk' }))
}

function fromPkcs8(der: Buffer): KeyPair {
  return pairOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

function pairOf(privateKey: KeyObject): KeyPair {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return { privateKey, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }), spki }
}
