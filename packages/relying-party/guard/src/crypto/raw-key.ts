import { decodeBase64urlOfLength } from '@assay/protocol'
import type { ImportableKey } from './guard-crypto.ts'

/**
 * The `raw` form for Web Crypto: for P-256 the uncompressed point (SEC 1 section 2.3.3), for Ed25519 the key's 32
 * bytes. `undefined` if a coordinate is not strict base64url of 32 bytes.
 */
export function rawKey(jwk: ImportableKey): Uint8Array<ArrayBuffer> | undefined {
  const x = decodeBase64urlOfLength(jwk.x, 32)
  if (jwk.kty === 'OKP' || x === undefined) return x
  const y = decodeBase64urlOfLength(jwk.y, 32)
  if (y === undefined) return undefined
  const point = new Uint8Array(65)
  point[0] = 4
  point.set(x, 1)
  point.set(y, 33)
  return point
}

/** P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3): its prime, and b of y² = x³ - 3x + b. */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** Whether an uncompressed point lies on P-256. Deno imports one that does not, and then fails to verify with it. */
export function isOnCurve(point: Uint8Array): boolean {
  const x = toInteger(point.subarray(1, 33))
  const y = toInteger(point.subarray(33))
  if (x >= prime || y >= prime) return false
  return (y * y - (x * x * x - 3n * x + b)) % prime === 0n
}

function toInteger(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}
