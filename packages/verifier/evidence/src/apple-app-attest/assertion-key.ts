import { createPublicKey, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '@assay/protocol'

/** The key object of an attested key, from its claim `publicKey` as stored. @throws Error unless it is a key on P-256 */
export function assertionKey({ kty, crv, x, y }: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
}
