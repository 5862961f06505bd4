import { decodeBase64urlOfLength } from '@assay/protocol'
import type { ImportableKey } from './guard-crypto.ts'

/**
 * What Web Crypto takes as `raw`: of P-256 the uncompressed point (SEC 1 section 2.3.3), of Ed25519 the key's 32 bytes.
 * `undefined` where a coordinate is not strict base64url of 32 bytes.
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
