import type { BuildSummary } from '../ports.ts'
import { AttestationDenied } from '../outcome.ts'
import type { Piece, PlatformEvidence } from './platform-evidence.ts'

type MeasuredBuild = Pick<BuildSummary, 'version_code' | 'package'>

/**
 * What several pieces of evidence state, they must state alike: otherwise they are of two installations, or of another
 * build than the one that was measured. Package and signers have been held against the registration by each format.
 * Remembered evidence may be of an older build, for apps are updated, and never of a newer one.
 *
 * @throws AttestationDenied `EVIDENCE_DISAGREES`
 */
export function checkAgreement(
  { fresh, recalled }: Pick<PlatformEvidence, 'fresh' | 'recalled'>,
  build: MeasuredBuild,
): void {
  const statedBy = (pieces: readonly Piece[]) =>
    pieces.flatMap(({ format, verified }) => format.versionCode?.(verified, build.package) ?? [])
  const agrees =
    statedBy(fresh).every((versionCode) => versionCode === build.version_code) &&
    statedBy(recalled).every((versionCode) => versionCode <= build.version_code)
  if (!agrees) throw new AttestationDenied('EVIDENCE_DISAGREES')
}

/**
 * Where the anchor can sign, remembered evidence counts only beside a new signature of it.
 *
 * @throws AttestationDenied `ANCHOR_SIGNATURE_MISSING`
 */
export function checkAnchorSigns({ fresh, recalled }: Pick<PlatformEvidence, 'fresh' | 'recalled'>): void {
  for (const { format } of recalled) {
    if (format.signedBy !== undefined && !fresh.some(({ format: { name } }) => name === format.signedBy))
      throw new AttestationDenied('ANCHOR_SIGNATURE_MISSING')
  }
}
