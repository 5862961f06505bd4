import { createECDH } from 'node:crypto'
import type { PublicJwk } from '@assay/protocol'
import { base64url, sha256 } from './bytes.ts'

/** A P-256 key that anybody can make: for vectors and nothing else. */
export interface VectorKey {
  readonly publicJwk: PublicJwk
  /** The private scalar, base64url of 32 bytes. */
  readonly d: string
}

/** The key whose private scalar is SHA-256 of the label. */
export function keyOf(label: string): VectorKey {
  const ecdh = createECDH('prime256v1')
  const d = sha256(label)
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(base64url) as [string, string]
  return { publicJwk: { kty: 'EC', crv: 'P-256', x, y }, d: base64url(d) }
}
