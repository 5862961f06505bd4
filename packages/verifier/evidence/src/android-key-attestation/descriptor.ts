import { createHash } from 'node:crypto'
import { concat, encodeBase64url, labels, utf8 } from '@assay/protocol'
import type { FormatDescriptor } from '../port/evidence-format.ts'

export const descriptor: FormatDescriptor = { name: 'android-key-attestation', version: '1.0' }

/** The attestation challenge of a key that vouches for the installation key: the binding as its 43 ASCII characters. */
export function commitment(binding: string): Uint8Array {
  return utf8(binding)
}

/**
 * The attestation challenge if the attested key is the installation key itself. The key must exist before client data
 * can name it, so it commits to the challenge of the service instead.
 *
 * @param challenge the 48 bytes of a challenge issued for this purpose
 * @returns 43 ASCII characters: base64url(SHA-256("assay/android-key/1" ‖ challenge))
 */
export function oneKeyCommitment(challenge: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(concat(labels.androidKey, challenge)).digest()
  return utf8(encodeBase64url(digest))
}
