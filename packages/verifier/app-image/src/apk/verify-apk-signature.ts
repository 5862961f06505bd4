import { openByteSource } from '../zip/byte-source.ts'
import { readArchive } from '../zip/archive.ts'
import type { SignatureScheme } from '../report/build-report.ts'
import { readManifest } from './manifest/manifest.ts'
import { verifySignatures } from './signature/verify-signatures.ts'

export interface VerifyApkOptions {
  /** The lowest SDK level for which the verdict must hold. Default: the manifest's minimum. */
  minSdk?: number
}

export interface VerifiedApk {
  packageName: string
  /** The low 32 bits of Android's long version code. */
  versionCode: number
  /** Hex SHA-256 of the signing certificates by the newest scheme that is present. */
  signerSha256: string[]
  /** The schemes that devices from `minSdk` on use, all of them verified; oldest first. */
  schemes: SignatureScheme[]
}

/**
 * Verifies an APK as Android does from `minSdk` on: v3.1, v3 and v2 where present, and the JAR signature (v1) where
 * some device would go by it. Certificates' dates and source stamps are not judged.
 *
 * @throws AppImageError if some device in the range would refuse the APK. Errors of the file system pass through.
 */
export async function verifyApkSignature(file: string, options: VerifyApkOptions = {}): Promise<VerifiedApk> {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    const manifest = readManifest(archive)
    const minSdk = options.minSdk ?? manifest.minSdk ?? 1
    const { newestSigners, schemes } = await verifySignatures(archive, manifest, { minSdk, jar: 'required' })
    return {
      packageName: manifest.packageName,
      versionCode: manifest.versionCode,
      signerSha256: newestSigners.map(({ sha256 }) => sha256),
      schemes,
    }
  } finally {
    source.close()
  }
}
