import { appleSigner, type AppleSigner } from '@assay/app-image/apple-signer'
import type { BuildWarning } from '@assay/protocol'
import type { ApiKey } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { RequestedBuild } from './build-identity.ts'
import type { ReadBuild } from './reading/reader-messages.ts'

/** What a signature is checked against. */
interface UploadSignerExpectation {
  /** PEM of the roots of developers' certificates. */
  roots: readonly string[]
  /** Teams registered for the app. */
  teams: readonly string[]
  /** SHA-256 of the certificates that signed earlier IPAs of the app. */
  known: readonly string[]
  requested: Pick<RequestedBuild, 'newTeam' | 'versionCode'>
  apiKey: Pick<ApiKey, 'scope'>
  /** Milliseconds since 1970. Certificates must be valid now: only the signer itself states when it signed. */
  now: number
}

/** Who signed an IPA before the store does. */
export interface UploadSigner {
  /** Undefined: nobody with a certificate from Apple. */
  signer: AppleSigner | undefined
  /** Whether the app learns its team from this build. */
  isNewTeam: boolean
  /** Whether the signature covers everything that is registered: all files, and the place in the order of versions. */
  vouches: boolean
  /** What a person should know about it. */
  warnings: BuildWarning[]
}

/**
 * Who signed an IPA: a known team of the app vouches for it, whichever of its certificates it used.
 *
 * @throws ProblemError `team_not_registered`, `team_new`
 */
export function uploadSigner(
  report: Pick<ReadBuild, 'format' | 'codeSignature' | 'sealed' | 'versionCode'>,
  { roots, teams, known, requested, apiKey, now }: UploadSignerExpectation,
): UploadSigner {
  const nobody = { signer: undefined, isNewTeam: false, vouches: false }
  if (report.format !== 'ipa') return { ...nobody, warnings: [] }
  const signer = signerOf(report, roots, now)
  if (signer === undefined) return { ...nobody, warnings: ['signer_not_apple'] }
  const isNewTeam = !teams.includes(signer.teamId)
  if (isNewTeam && apiKey.scope !== 'admin') throw new ProblemError('team_not_registered')
  if (isNewTeam && teams.length > 0 && !requested.newTeam) throw new ProblemError('team_new')
  const warnings: BuildWarning[] = isNewTeam ? ['new_team_recorded'] : []
  if (known.length > 0 && !known.includes(signer.sha256)) warnings.push('signing_certificate_new')
  if (!report.sealed) warnings.push('files_not_sealed')
  // A place given by the request is not part of what was signed.
  const isPlaced = requested.versionCode === undefined || requested.versionCode === report.versionCode
  return { signer, isNewTeam, vouches: report.sealed && isPlaced, warnings }
}

/** All slices are signed with one certificate, which belongs to the team that they name. */
function signerOf(
  { codeSignature }: Pick<ReadBuild, 'codeSignature'>,
  roots: readonly string[],
  now: number,
): AppleSigner | undefined {
  const signers = codeSignature.map(({ certificates, teamId }) => {
    const der = certificates.map((each) => Buffer.from(each, 'base64'))
    const signer = appleSigner(der, roots, now)
    return signer?.teamId === teamId ? signer : undefined
  })
  const [signer] = signers
  return signers.every((each) => each?.sha256 === signer?.sha256) ? signer : undefined
}
