import type { ApiKey, Build } from '@assay/protocol'
import type { VerifiedProvenance } from './provenance.ts'

/** Who vouches for a build, besides its sender. */
interface Vouching {
  apiKey: Pick<ApiKey, 'scope'>
  provenance: VerifiedProvenance | undefined
  /** Whether the file of an IPA is signed, all of it, by a team of the app. */
  isSignedByTeam: boolean
}

/**
 * A registration key lies in a pipeline, and says only where a build came from. What the file itself does not prove to be
 * the owner's, somebody else must: the pipeline's own signature, or an admin.
 */
export function firstState(
  { signers, base }: Pick<Build, 'signers' | 'base'>,
  { apiKey, provenance, isSignedByTeam }: Vouching,
): 'active' | 'pending' {
  if (apiKey.scope === 'admin' || provenance !== undefined || isSignedByTeam) return 'active'
  // Nobody signs the scripts of an update, whichever build they are for.
  return signers.length > 0 && base === null ? 'active' : 'pending'
}
