import type { BuildSummary } from '@assay/protocol/schemas'
import { AttestationRefused } from '../model/outcome.ts'
import type { Piece, PlatformEvidence } from './platform-evidence.ts'

type Recalled = Pick<PlatformEvidence, 'recalled'>

type MeasuredBuild = Pick<BuildSummary, 'version_code' | 'package'>

/**
 * Pieces of evidence that state the same thing must agree: otherwise they come from two installations, or from another
 * build than the measured one. Each format has already checked package and signers against the registration.
 * Remembered evidence may come from an older build, because apps are updated, but never from a newer one.
 *
 * @throws AttestationRefused `EVIDENCE_DISAGREES`
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
  if (!agrees) throw new AttestationRefused('EVIDENCE_DISAGREES')
}

/**
 * Where the vouching key can sign, remembered evidence counts only beside a new signature of it.
 *
 * @throws AttestationRefused `VOUCHING_KEY_SIGNATURE_MISSING`
 */
export function checkVouchingKeySigns({ fresh, recalled }: { fresh: readonly Piece[] } & Recalled): void {
  for (const { scheme, canSign } of recalled) {
    if (canSign && !fresh.some(({ scheme: { asserts } }) => asserts === scheme.descriptor.name))
      throw new AttestationRefused('VOUCHING_KEY_SIGNATURE_MISSING')
  }
}
