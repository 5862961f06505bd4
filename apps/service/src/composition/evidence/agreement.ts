import type { Verified } from '@assay/evidence'
import type { AndroidKeyClaims } from '@assay/evidence/android-key-attestation'
import type { AppAttestClaims } from '@assay/evidence/apple-app-attest'
import type { PlayIntegrityClaims } from '@assay/evidence/play-integrity'
import { AttestationDenied } from '../../attestation/outcome.ts'
import type { BuildSummary } from '../../storage/repositories/builds.repository.ts'

type MeasuredBuild = Pick<BuildSummary, 'version_code' | 'package'>

/**
 * What several pieces of evidence state, they must state alike: otherwise they are of two installations, or of another
 * build than the one that was measured. Package and signers have been held against the registration by each format.
 * Remembered evidence may be of an older build, for apps are updated, and never of a newer one.
 *
 * @throws AttestationDenied `EVIDENCE_DISAGREES`
 */
export function checkAgreement(
  { fresh, recalled }: { fresh: readonly Verified<unknown>[]; recalled: readonly Verified<unknown>[] },
  build: MeasuredBuild,
): void {
  const statedBy = (evidence: readonly Verified<unknown>[]) =>
    evidence.flatMap((piece) => versionCodeOf(piece, build.package) ?? [])
  const agrees =
    statedBy(fresh).every((versionCode) => versionCode === build.version_code) &&
    statedBy(recalled).every((versionCode) => versionCode <= build.version_code)
  if (!agrees) throw new AttestationDenied('EVIDENCE_DISAGREES')
}

/** `undefined`: it states none. */
function versionCodeOf({ format, claims }: Verified<unknown>, packageName: string): number | undefined {
  switch (format) {
    case 'android-key-attestation':
      return (claims as AndroidKeyClaims).versionCodes[packageName]
    case 'play-integrity':
      return (claims as PlayIntegrityClaims).versionCode
    case 'apple-app-attest':
    case 'apple-app-attest-assertion': {
      const { bundleVersion } = claims as Pick<AppAttestClaims, 'bundleVersion'>
      return bundleVersion !== undefined && /^\d{1,15}$/.test(bundleVersion)
        ? Number(bundleVersion)
        : undefined
    }
    default:
      return undefined
  }
}
