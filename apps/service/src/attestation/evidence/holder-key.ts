import type { HolderKey } from '@assay/protocol'
import type { Piece } from './platform-evidence.ts'

interface KnownOfTheKey {
  /** Evidence of this exchange, and remembered evidence. */
  evidence: readonly Piece[]
  /** The attested key of this exchange is the installation key. */
  isAttestedItself: boolean
  /** The result from the time when the key was vouched for; undefined if it is vouched for now, or never was. */
  remembered: HolderKey | undefined
}

/**
 * A software key that hardware vouches for is never called a hardware key; one that software vouches for gets no better
 * grade.
 */
export function holderKeyOf({ evidence, isAttestedItself, remembered }: KnownOfTheKey): HolderKey {
  if (!evidence.some(({ scheme, verified }) => scheme.isKeyInHardware(verified.claims))) return 'software'
  return isAttestedItself || remembered === 'hardware' ? 'hardware' : 'vouched'
}
