import { X509Certificate } from 'node:crypto'
import type { BuildWarning } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import type { BuildReport, ReadBuildOptions } from '../report/build-report.ts'
import { readCodeImage } from '../report/code-image.ts'
import { hasToolName } from '../report/tool-name.ts'
import { readArchive } from '../zip/archive.ts'
import { openByteSource } from '../zip/byte-source.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { codeSegments } from './code-segments.ts'
import { hasMuchCompressedCode } from './compressed-code.ts'
import { apkFramework } from './framework.ts'
import { readManifest } from './manifest/manifest.ts'
import type { ApkManifest } from './manifest/manifest.ts'
import type { SigningCertificate } from './signature/certificate.ts'
import type { VerifiedSignatures } from './signature/verify-signatures.ts'
import { verifySignatures } from './signature/verify-signatures.ts'

/**
 * Reads an APK for registration. It is as strict as any supported device, and stricter in two respects: it refuses
 * entries compressed by methods other than DEFLATE and contents with a wrong CRC. It is more lenient in one: an APK for
 * old devices may lack a JAR signature if it has a newer one, because devices below SDK level 24 cannot attest
 * anything.
 */
export async function readApk(file: string, options: ReadBuildOptions): Promise<BuildReport> {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    refuseUnusualMethods(archive)
    const manifest = readManifest(archive)
    refuseSplit(manifest)
    const versionCode = longVersionCode(manifest)
    const signatures = await verifySignatures(archive, manifest, {
      minSdk: manifest.minSdk ?? 1,
      jar: 'if-present',
    })
    const image = await readCodeImage(codeSegments(archive), options.keep)
    const warnings = apkWarnings(manifest, signatures)
    if (hasMuchCompressedCode([{ archive }])) warnings.push('code_compressed')
    if (hasToolName('android', archive.entries.keys())) warnings.push('named_like_a_tool')
    return {
      format: 'apk',
      package: manifest.packageName,
      versionName: manifest.versionName,
      versionCode,
      minSdk: manifest.minSdk,
      targetSdk: manifest.targetSdk,
      debuggable: manifest.debuggable,
      testOnly: manifest.testOnly,
      signers: signatures.signers.map(({ sha256 }) => sha256),
      schemes: signatures.schemes,
      codeSignature: [],
      sealed: false,
      framework: apkFramework(archive.entries.keys(), image.segments),
      splits: null,
      ...image,
      warnings,
    }
  } finally {
    source.close()
  }
}

/**
 * A split is signed like a whole app, but is only a part of one. Any value of the attributes counts: an empty `split` is
 * none to Android, and stands in nothing that a tool has made.
 *
 * @throws AppImageError `APK_IS_SPLIT`
 */
function refuseSplit({ split, configForSplit, needsSplits }: ApkManifest): void {
  if (split !== null || configForSplit !== null || needsSplits) throw new AppImageError('APK_IS_SPLIT')
}

/** @throws AppImageError `MANIFEST_MALFORMED` beyond 2^53 */
export function longVersionCode(manifest: ApkManifest): number {
  const code = manifest.versionCodeMajor * 2 ** 32 + manifest.versionCode
  if (Number.isSafeInteger(code)) return code
  throw new AppImageError('MANIFEST_MALFORMED', 'the version code is beyond 2^53')
}

/** Warnings about an APK, besides the faults for which it is refused. */
export function apkWarnings(manifest: ApkManifest, signatures: VerifiedSignatures): BuildWarning[] {
  const warnings: BuildWarning[] = []
  if (manifest.debuggable) warnings.push('debuggable')
  if (manifest.testOnly) warnings.push('test_only')
  if (signatures.signers.some(isDebugCertificate)) warnings.push('signed_with_debug_certificate')
  if (signatures.schemes.every((scheme) => scheme === 'v1')) warnings.push('signed_with_v1_only')
  return warnings
}

/** Certificates that the SDK tools make on each developer's machine, and the public test keys of AOSP. */
function isDebugCertificate(certificate: SigningCertificate): boolean {
  const subject = new X509Certificate(certificate.der).subject.split('\n')
  const isDebug = subject.includes('CN=Android Debug')
  const isTestKey = subject.includes('CN=Android') && subject.includes('emailAddress=android@android.com')
  return isDebug || isTestKey
}
