import { AndroidKeyError } from '../errors.ts'
import type { KeyDescription } from '../statement/key-description.ts'
import { securityLevels, type SecurityLevel } from '../statement/values.ts'

/** Key and attestation are kept at least as securely as required: each of them, for either alone proves little. */
export function checkSecurityLevel(
  statement: Pick<KeyDescription, 'attestationSecurityLevel' | 'keyMintSecurityLevel'>,
  minimum: SecurityLevel,
): void {
  const { attestationSecurityLevel, keyMintSecurityLevel } = statement
  const least = securityLevels.indexOf(minimum)
  const isBelow = (level: SecurityLevel) => securityLevels.indexOf(level) < least
  if (isBelow(attestationSecurityLevel) || isBelow(keyMintSecurityLevel))
    throw new AndroidKeyError('ANDROID_KEY_SECURITY_LEVEL')
}
