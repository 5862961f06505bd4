import { createHash, timingSafeEqual } from 'node:crypto'
import { AppAttestError } from '../errors.ts'

/** The key identifier is the hash of the attested key. @param point uncompressed: 65 bytes */
export function checkKeyId(keyId: Uint8Array, point: Uint8Array): void {
  if (!timingSafeEqual(createHash('sha256').update(point).digest(), keyId)) {
    throw new AppAttestError('APP_ATTEST_KEY_ID')
  }
}
