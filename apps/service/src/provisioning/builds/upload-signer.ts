import { appleSigner } from '@assay/app-image/apple-signer'
import type { BuildWarning } from '@assay/protocol'
import type { ReadBuild } from './reading/reader-messages.ts'

/** What a signature is held against. */
interface UploadSignerExpectation {
  /** PEM of the roots of developers' certificates. */
  roots: readonly string[]
  /** Teams whose app it is, as registered. */
  teams: readonly string[]
  /** SHA-256 of the certificates that earlier IPAs of the app were signed with. */
  known: readonly string[]
  /** Milliseconds since 1970. */
  now: number
}

/**
 * Who signed an IPA before the store does, and what a person should know of it. The signature that is verified covers the
 * executable and not the scripts, so it activates nothing: provenance does.
 */
export function uploadSigner(
  { format, codeSignature }: Pick<ReadBuild, 'format' | 'codeSignature'>,
  { roots, teams, known, now }: UploadSignerExpectation,
): { sha256: string | undefined; warnings: BuildWarning[] } {
  if (format !== 'ipa') return { sha256: undefined, warnings: [] }
  const signers = codeSignature.map(({ certificates, teamId }) => {
    const der = certificates.map((each) => Buffer.from(each, 'base64'))
    const signer = appleSigner(der, roots, now)
    return signer?.teamId === teamId ? signer : undefined
  })
  const [signer] = signers
  if (signer === undefined || signers.some((each) => each?.sha256 !== signer.sha256))
    return { sha256: undefined, warnings: ['signer_not_apple'] }
  const warnings: BuildWarning[] = teams.includes(signer.teamId) ? [] : ['team_unknown']
  if (known.length > 0 && !known.includes(signer.sha256)) warnings.push('signing_certificate_new')
  return { sha256: signer.sha256, warnings }
}
