import { openByteSource } from '../zip/byte-source.ts'
import { bytesOfFile } from './forward-reader.ts'
import { teamOf, verifyExecutable, type SignedSlice } from './verify-executable.ts'

/** What is reported about a slice whose signer nobody judges. */
export type VerifiedSlice = Omit<SignedSlice, 'certificates'>

export interface VerifiedMachO {
  /** Hex SHA-256 of the file. */
  executableSha256: string
  /** The team that the signatures of all slices name; `null` if they name none, or different ones. */
  teamId: string | null
  /** One for each kind of processor, in the order in which they are in the file. */
  slices: VerifiedSlice[]
}

export function withoutCertificates(signed: readonly SignedSlice[]): VerifiedSlice[] {
  return signed.map(({ certificates: _unjudged, ...slice }) => slice)
}

/**
 * Verifies the code signatures embedded in a Mach-O file, universal or not: every slice has one, every byte before it
 * has the hash that each CodeDirectory holds for its page, and the CMS signature, where it is not empty, is over the
 * first CodeDirectory. Pages of an encrypted slice are compared as they are in the file, as XNU does. Who signed is
 * not judged: any certificate will do, of whatever issuer and date, and an ad hoc signature has none.
 *
 * @throws AppImageError `MACHO_…` if the file is not a Mach-O, or a signature is missing or does not hold. Errors of
 * the file system pass through.
 */
export async function verifyMachOSignature(file: string): Promise<VerifiedMachO> {
  const source = openByteSource(file)
  try {
    const { sha256, signed } = await verifyExecutable(bytesOfFile(source))
    return { executableSha256: sha256, teamId: teamOf(signed), slices: withoutCertificates(signed) }
  } finally {
    source.close()
  }
}
