import { teamOf, verifyExecutable } from '../mach-o/verify-executable.ts'
import { withoutCertificates, type VerifiedMachO } from '../mach-o/verify-mach-o-signature.ts'
import { readArchive } from '../zip/archive.ts'
import { openByteSource } from '../zip/byte-source.ts'
import { findAppFiles } from './app/app-folder.ts'
import { executableOf } from './app/executable.ts'
import { readInfo } from './app/info.ts'

export interface VerifiedIpa extends VerifiedMachO {
  /** `CFBundleIdentifier` of the app's `Info.plist`, which is not checked against the signature. */
  bundleId: string
  /** `CFBundleVersion` as written; `null` if absent. */
  bundleVersion: string | null
}

/**
 * Verifies the code signature of the main executable of the one app in an IPA, as `verifyMachOSignature` does.
 * Resources, frameworks and extensions have signatures of their own, which are not looked at.
 *
 * @throws AppImageError if there is no such app, or its executable is not signed or not what was signed. Errors of the
 * file system pass through.
 */
export async function verifyIpaSignature(file: string): Promise<VerifiedIpa> {
  const source = openByteSource(file)
  try {
    const files = findAppFiles(readArchive(source))
    const info = readInfo(source, files)
    const { sha256, signed } = await verifyExecutable(executableOf(source, files, info))
    const { bundleId, bundleVersion } = info
    const slices = withoutCertificates(signed)
    return { bundleId, bundleVersion, executableSha256: sha256, teamId: teamOf(signed), slices }
  } finally {
    source.close()
  }
}
