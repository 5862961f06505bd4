export { AppImageError, appImageErrorCodes } from './app-image-error.ts'
export type { AppImageErrorCode } from './app-image-error.ts'
export { buildFormats, frameworks, signatureSchemes } from './build-report.ts'
export type {
  BuildFormat,
  BuildReport,
  Framework,
  ReadBuildOptions,
  SegmentHead,
  SegmentWriter,
  SignatureScheme,
} from './build-report.ts'
export { readBuild } from './read-build.ts'
export { verifyApkSignature } from './apk/verify-apk-signature.ts'
export type { VerifiedApk, VerifyApkOptions } from './apk/verify-apk-signature.ts'
