import type { BuildSummary } from '../ports.ts'
import { AttestationDenied } from '../outcome.ts'
import type { Piece, PlatformEvidence } from './platform-evidence.ts'

type Recalled = Pick<PlatformEvidence, 'recalled'>

type MeasuredBuild = Pick<BuildSummary, 'version_code' | 'package'>

/**
 * What several pieces of evidence state, they must state alike: otherwise they are of two installations, or of another
 * build than the one that was measured. Package and signers have been checked against the registration by each format.
 * Remembered evidence may be of an older build, for apps are updated, and never of a newer one.
 *
 * @throws AttestationDenied `EVIDENCE_DISAGREES`
 */
export function checkAgreement(
  { fresh, recalled }: { fresh: readonly Piece[]; recalled: readonly Piece[] },
  build: MeasuredBuild,
): void {
  const statedBy = (pieces: readonly Piece[]) =>
    pieces.flatMap(({ scheme, verified }) => scheme.versionCode(verified.claims, build.package) ?? [])
  const agrees =
    statedBy(fresh).every((versionCode) => versionCode === build.version_code) &&
    statedBy(recalled).every((versionCode) => versionCode <= build.version_code)
  if (!agrees) throw new AttestationDenied('EVIDENCE_DISAGREES')
}

/**
 * Where the vouching key can sign, remembered evidence counts only beside a new signature of it.
 *
 * @throws AttestationDenied `ANCHOR_SIGNATURE_MISSING`
 */
export function checkVouchingKeySigns({ fresh, recalled }: { fresh: readonly Piece[] } & Recalled): void {
  for (const { scheme, canSign } of recalled) {
    if (canSign && !fresh.some(({ scheme: { asserts } }) => asserts === scheme.descriptor.name))
      throw new AttestationDenied('ANCHOR_SIGNATURE_MISSING')
  }
}
