import type { KeyObject } from 'node:crypto'
import { p256PublicKey } from '@assay/codec/ec'
import type { PublicJwk } from '@assay/protocol'

/** The key object of an attested key, from its claim `publicKey` as stored. Rejects unless it is a key on P-256. */
export function assertionKey(publicKey: PublicJwk): Promise<KeyObject> {
  return p256PublicKey(publicKey)
}
