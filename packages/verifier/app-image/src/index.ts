export { AppImageError, appImageErrorCodes } from './errors/app-image-error.ts'
export type { AppImageErrorCode } from './errors/app-image-error.ts'
export { withBuildFiles } from './build-files.ts'
export type { BuildFile } from './build-files.ts'
export { buildFormats } from '@assay/protocol'
export type { BuildFormat } from '@assay/protocol'
export { frameworks, signatureSchemes } from './report/build-report.ts'
export type {
  BuildReport,
  Framework,
  ReadBuildOptions,
  SegmentHead,
  SegmentWriter,
  SignatureScheme,
} from './report/build-report.ts'
export { readBuild } from './read-build.ts'
export { recogniseFormat } from './recognise-format.ts'
export { verifyApkSignature } from './apk/verify-apk-signature.ts'
export type { VerifiedApk, VerifyApkOptions } from './apk/verify-apk-signature.ts'
export { verifyIpaSignature } from './ipa/verify-ipa-signature.ts'
export type { VerifiedIpa } from './ipa/verify-ipa-signature.ts'
export type { CodeHashType } from './mach-o/hash-types.ts'
export type { CpuArchitecture } from './mach-o/slice.ts'
export type { SignedSlice } from './mach-o/verify-executable.ts'
export { verifyMachOSignature } from './mach-o/verify-mach-o-signature.ts'
export type { VerifiedMachO } from './mach-o/verify-mach-o-signature.ts'
export { ownSecretsIn } from './report/own-secrets.ts'
