import { appleSigner, type AppleSigner } from '@assay/app-image/apple-signer'
import type { ApiKey, BuildWarning } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildAsked } from './build-identity.ts'
import type { ReadBuild } from './reading/reader-messages.ts'

/** What a signature is held against. */
interface UploadSignerExpectation {
  /** PEM of the roots of developers' certificates. */
  roots: readonly string[]
  /** Teams whose app it is, as registered. */
  teams: readonly string[]
  /** SHA-256 of the certificates that earlier IPAs of the app were signed with. */
  known: readonly string[]
  asked: Pick<BuildAsked, 'newTeam' | 'versionCode'>
  apiKey: Pick<ApiKey, 'scope'>
  /** Milliseconds since 1970. Certificates must be valid now: only the signer says when it was signed. */
  now: number
}

/** Who signed an IPA before the store does. */
export interface UploadSigner {
  /** Undefined: nobody who has a certificate from Apple. */
  signer: AppleSigner | undefined
  /** Whether the app gets to know its team with it. */
  isNewTeam: boolean
  /** Whether the signature speaks for everything that is registered: all files, and the place in the order of versions. */
  vouches: boolean
  /** What a person should know of it. */
  warnings: BuildWarning[]
}

/**
 * Who signed an IPA: a known team of the app vouches for it, whichever of its certificates it has used.
 *
 * @throws ProblemError `team_not_registered`, `team_new`
 */
export function uploadSigner(
  report: Pick<ReadBuild, 'format' | 'codeSignature' | 'sealed' | 'versionCode'>,
  { roots, teams, known, asked, apiKey, now }: UploadSignerExpectation,
): UploadSigner {
  const nobody = { signer: undefined, isNewTeam: false, vouches: false }
  if (report.format !== 'ipa') return { ...nobody, warnings: [] }
  const signer = signerOf(report, roots, now)
  if (signer === undefined) return { ...nobody, warnings: ['signer_not_apple'] }
  const isNewTeam = !teams.includes(signer.teamId)
  if (isNewTeam && apiKey.scope !== 'admin') throw new ProblemError('team_not_registered')
  if (isNewTeam && teams.length > 0 && !asked.newTeam) throw new ProblemError('team_new')
  const warnings: BuildWarning[] = isNewTeam ? ['new_team_recorded'] : []
  if (known.length > 0 && !known.includes(signer.sha256)) warnings.push('signing_certificate_new')
  if (!report.sealed) warnings.push('files_not_sealed')
  // A place that the request gives is not in what was signed.
  const isPlaced = asked.versionCode === undefined || asked.versionCode === report.versionCode
  return { signer, isNewTeam, vouches: report.sealed && isPlaced, warnings }
}

/** All slices are signed with one certificate, of the team that they name. */
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
