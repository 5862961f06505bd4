import type { Verified } from '@assay/evidence'
import type { AndroidKeyClaims } from '@assay/evidence/android-key-attestation'
import type { HolderKey } from '@assay/protocol'

interface KnownOfTheKey {
  /** Of this exchange, and remembered. */
  evidence: readonly Verified<unknown>[]
  /** The attested key of this exchange is the installation key. */
  isAttestedItself: boolean
  /** What was found when the key was vouched for; undefined: it is vouched for now, or never was. */
  remembered: HolderKey | undefined
}

/** A software key that hardware vouches for is never called a hardware key, and one that software vouches for nothing. */
export function holderKeyOf({ evidence, isAttestedItself, remembered }: KnownOfTheKey): HolderKey {
  if (!evidence.some(isOfHardware)) return 'software'
  return isAttestedItself || remembered === 'hardware' ? 'hardware' : 'vouched'
}

/** Whether secure hardware signed the evidence. Play Integrity tells of the device, and knows of no key. */
function isOfHardware({ format, claims }: Verified<unknown>): boolean {
  switch (format) {
    case 'apple-app-attest':
      return true
    case 'android-key-attestation': {
      const { attestationSecurityLevel, keyMintSecurityLevel } = claims as AndroidKeyClaims
      return attestationSecurityLevel !== 'Software' && keyMintSecurityLevel !== 'Software'
    }
    default:
      return false
  }
}
