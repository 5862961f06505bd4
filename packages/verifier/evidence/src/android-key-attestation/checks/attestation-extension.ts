import { AndroidKeyError } from '../errors.ts'
import { attestationOid, extensionOf, type ParsedAndroidKey } from '../parse.ts'
import type { KeyDescription } from '../statement/key-description.ts'

/**
 * The attestation extension stands in the leaf and nowhere above it. An attested key, which any app on a genuine device
 * can have made, could otherwise issue a leaf that says whatever it likes.
 */
export function checkAttestationExtension({ certificates, statement }: ParsedAndroidKey): KeyDescription {
  const above = certificates.slice(1).some((issuer) => extensionOf(issuer, attestationOid) !== undefined)
  if (above || statement === undefined) throw new AndroidKeyError('ANDROID_KEY_EXTENSION')
  return statement
}
