import { openByteSource } from '../zip/byte-source.ts'
import { bytesOfFile } from './forward-reader.ts'
import { teamOf, verifyExecutable, type SignedSlice } from './verify-executable.ts'

export interface VerifiedMachO {
  /** Hex SHA-256 of the file. */
  executableSha256: string
  /** The team that the signatures of all slices name; `null` if they name none, or different ones. */
  teamId: string | null
  /** One for each kind of processor, in the order in which they lie in the file. */
  slices: SignedSlice[]
}

/**
 * Verifies the code signatures embedded in a Mach-O file, universal or not: every slice has one, and every byte before it
 * has the hash that each CodeDirectory holds for its page. Pages of an encrypted slice are compared as they lie in the
 * file, as XNU does. Who signed is not judged: the CMS signature, its certificates and dates are not looked at, so whoever
 * changes the code can change the hashes with it.
 *
 * @throws AppImageError `MACHO_…` if the file is no Mach-O, or a signature is missing or does not hold. Errors of the
 * file system pass through.
 */
export async function verifyMachOSignature(file: string): Promise<VerifiedMachO> {
  const source = openByteSource(file)
  try {
    const { sha256, signed } = await verifyExecutable(bytesOfFile(source))
    return { executableSha256: sha256, teamId: teamOf(signed), slices: signed }
  } finally {
    source.close()
  }
}
