/**
 * Every way in which a build can be refused. The union is closed: what is not named here is misuse by the caller
 * (`TypeError`) or a malfunction (any other error), never a verdict on the build.
 */
export const appImageErrorCodes = [
  // The ZIP container
  'ZIP_MALFORMED',
  'ZIP_TRUNCATED',
  'ZIP64_UNSUPPORTED',
  'ZIP_TOO_MANY_ENTRIES',
  'ZIP_DUPLICATE_ENTRY',
  'ZIP_ENTRY_PATH',
  'ZIP_HEADER_MISMATCH',
  'ZIP_OVERLAPPING_ENTRIES',
  'ZIP_ENCRYPTED',
  'ZIP_METHOD',
  'ZIP_BOMB',
  'ZIP_ENTRY_CORRUPT',
  // AndroidManifest.xml
  'MANIFEST_MISSING',
  'MANIFEST_MALFORMED',
  // APK signatures
  'APK_NOT_SIGNED',
  'APK_SIGNING_BLOCK_MALFORMED',
  'APK_SIGNATURE_INVALID',
  'APK_SIGNATURE_ALGORITHM',
  'APK_DIGEST_MISMATCH',
  'APK_CERTIFICATE',
  'APK_SCHEME_STRIPPED',
  'APK_SCHEME_TOO_OLD',
  'APK_SDK_RANGE',
  'APK_LINEAGE',
  // JAR signatures (scheme v1)
  'JAR_MANIFEST_MALFORMED',
  'JAR_SIGNATURE_FILE_MALFORMED',
  'JAR_SIGNATURE_BLOCK_MALFORMED',
  'JAR_SIGNATURE_INVALID',
  'JAR_SIGNATURE_ALGORITHM',
  'JAR_DIGEST_MISMATCH',
  'JAR_DIGEST_MISSING',
  'JAR_CERTIFICATE',
  'JAR_TOO_MANY_SIGNERS',
  'JAR_ENTRY_MISSING',
  'JAR_ENTRY_NOT_SIGNED',
  'JAR_SIGNERS_DIFFER',
  // App bundles and sets of split APKs
  'AAB_LAYOUT',
  'AAB_MODULES_DISAGREE',
  'AAB_MODULE_FUSED',
  'AAB_TARGETED_CODE',
  'SPLITS_LAYOUT',
  'SPLITS_DISAGREE',
  'SPLITS_CODE_DIFFERS',
  // IPA
  'IPA_LAYOUT',
  'IPA_INFO_MISSING',
  'IPA_INFO_MALFORMED',
  'IPA_PLATFORM',
  'IPA_PROFILE_MALFORMED',
  'IPA_NOTHING_TO_MEASURE',
  'IPA_EXECUTABLE_MISSING',
  'IPA_TEAM_MISMATCH',
  // Mach-O executables and their code signatures
  'MACHO_MALFORMED',
  'MACHO_NOT_SIGNED',
  'MACHO_SIGNATURE_MALFORMED',
  'MACHO_HASH_TYPE',
  'MACHO_CODE_NOT_COVERED',
  'MACHO_PAGE_MISMATCH',
  'MACHO_COMPONENT_MISMATCH',
  'MACHO_SIGNATURE_INVALID',
  // Web builds
  'WEB_NO_SCRIPT',
  'WEB_TOO_MANY_FILES',
] as const
export type AppImageErrorCode = (typeof appImageErrorCodes)[number]

/** A build that is refused, and why. The message is fixed text: it never quotes the build. */
export class AppImageError extends Error {
  override readonly name = 'AppImageError'
  readonly code: AppImageErrorCode

  constructor(code: AppImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
