import { timingSafeEqual } from 'node:crypto'
import { AppAttestError } from '../errors.ts'
import { sha256 } from '../sha256.ts'

/** The key identifier is the hash of the attested key. @param point uncompressed: 65 bytes */
export function checkKeyId(keyId: Uint8Array, point: Uint8Array): void {
  if (!timingSafeEqual(sha256(point), keyId)) {
    throw new AppAttestError('APP_ATTEST_KEY_ID')
  }
}
