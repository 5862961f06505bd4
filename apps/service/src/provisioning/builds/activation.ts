import type { ApiKey, Build } from '@assay/protocol/schemas'
import type { VerifiedProvenance } from './provenance.ts'

/** Who vouches for a build, besides its sender. */
interface Vouching {
  apiKey: Pick<ApiKey, 'scope'>
  provenance: VerifiedProvenance | undefined
  /** Whether the whole file of an IPA is signed by a team of the app. */
  isSignedByTeam: boolean
  /** Whether less is measured than what builds of its format are measured by default. */
  isMeasuredLess: boolean
  /** Whether the app's other builds have code or an SDK that it has not. */
  isIncomplete: boolean
  /** Whether an image of a retired build of the app is the same code, or an image that a variant has replaced. */
  wasRetired: boolean
}

/**
 * A registration key is stored in a pipeline, and shows only where a build came from. If the file itself does not prove
 * that it is the owner's, somebody else must vouch for it: the pipeline's own signature, or an admin. The owner's
 * signature on the file is no word on how much of it is measured, nor on whether it may come back once it was retired;
 * and of splits each is signed by itself, so that nothing says which belong together.
 */
export function firstState(
  { format, signers, base }: Pick<Build, 'format' | 'signers' | 'base'>,
  { apiKey, provenance, isSignedByTeam, isMeasuredLess, isIncomplete, wasRetired }: Vouching,
): 'active' | 'pending' {
  if (apiKey.scope === 'admin' || provenance !== undefined) return 'active'
  if (isMeasuredLess || isIncomplete || wasRetired || format === 'apks') return 'pending'
  if (isSignedByTeam) return 'active'
  // The scripts of an update are not signed, whichever build they are for.
  return signers.length > 0 && base === null ? 'active' : 'pending'
}
