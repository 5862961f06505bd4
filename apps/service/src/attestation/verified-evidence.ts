import type { Verified } from '@assay/evidence'
import type { HolderKey } from '@assay/protocol'
import type { Anchor, Installation } from './installation.ts'
import type { PlatformEvidence } from '../composition/evidence/platform-evidence.ts'

/** What is known once every piece of evidence has been verified. */
export interface VerifiedEvidence {
  software: Verified<unknown>
  platform: PlatformEvidence
  installation: Installation | undefined
  holderKey: HolderKey
  anchor: Anchor | undefined
}
