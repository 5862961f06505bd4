import { timingSafeEqual } from 'node:crypto'
import type { AttestedAuthenticatorData } from '../authenticator-data.ts'
import { AppAttestError } from '../errors.ts'

/** The credential is the attested key: by identifier, and by its coordinates. @param point uncompressed: 65 bytes */
export function checkCredential(
  { credentialId, credentialKey }: AttestedAuthenticatorData,
  keyId: Uint8Array,
  point: Uint8Array,
): void {
  if (!timingSafeEqual(credentialId, keyId)) throw new AppAttestError('APP_ATTEST_CREDENTIAL_ID')
  const { x, y } = credentialKey
  if (!timingSafeEqual(x, point.subarray(1, 33)) || !timingSafeEqual(y, point.subarray(33))) {
    throw new AppAttestError('APP_ATTEST_CREDENTIAL_KEY')
  }
}
