import type {
  BuildFormat,
  BuildSplits,
  BuildWarning,
  Coverage,
  SegmentKind,
  SegmentSummary,
} from '@assay/protocol'
import type { SignedSlice } from '../mach-o/verify-executable.ts'

/** Takes the bytes of one segment as they are read, so that each is inflated once. */
export interface SegmentWriter {
  /** The next bytes, in order. The buffer is reused after the call: copy what is kept. */
  write(chunk: Uint8Array): void
  /** Called once after the last byte, with the hex SHA-256 of all of them. */
  end(sha256: string): void
}

/** A segment before its bytes are read. `length` is what the build declares; reading refuses another length. */
export interface SegmentHead {
  /** Path inside the build. */
  name: string
  kind: SegmentKind
  /** Bytes, uncompressed. */
  length: number
}

export interface ReadBuildOptions {
  /** Default `apk`. */
  format?: BuildFormat
  /** What should be measured, if the build leaves a choice. Default for an IPA: `scripts` if it has any. */
  coverage?: Coverage | undefined
  /** Of a folder of scripts: whether it is an update over the air for an app, which measures all of them. */
  isUpdate?: boolean | undefined
  /**
   * Asked once per segment; without a writer the bytes are only hashed. Several segments are read at the same
   * time, so calls to their writers interleave. What a writer throws is a malfunction and is passed through.
   */
  keep?: (segment: SegmentHead) => SegmentWriter | undefined
  /** Likewise asked for each script and page of a web build that is not measured, so that it can be searched. */
  inspect?: (leftOut: SegmentHead) => SegmentWriter | undefined
}

export const signatureSchemes = ['v1', 'v2', 'v3', 'v3.1'] as const
export type SignatureScheme = (typeof signatureSchemes)[number]

/** What runs the code of the app, as far as the files show. */
export const frameworks = [
  'native',
  'react-native',
  'react-native-hermes',
  'flutter',
  'cordova',
  'capacitor',
  'unity',
  'xamarin',
  'web',
] as const
export type Framework = (typeof frameworks)[number]

/** For a build that reaches devices as splits: its modules, and every ABI for which it has native code. */
export type FoundSplits = BuildSplits

/**
 * A build as shown by its own file: identity, verified signatures and code image. Only an APK proves who made
 * it. An
 * IPA need not be signed, because the store replaces the signature; one that is there must fit the executable.
 */
export interface BuildReport {
  format: BuildFormat
  /** Android package name, or bundle identifier of an iOS app; empty for a web build. */
  package: string
  /** `null` if absent or a reference to a resource. */
  versionName: string | null
  /**
   * Android's long version code (major × 2^32 + code); 0 if absent and for a web build. `CFBundleVersion` of an IPA,
   * and `null` where that is not a single integer, so that somebody has to say which place the build has in the
   * order.
   */
  versionCode: number | null
  minSdk: number | null
  targetSdk: number | null
  debuggable: boolean
  testOnly: boolean
  /**
   * Hex SHA-256 of every signing certificate that a device of any supported SDK level would see, the one that the
   * newest devices see first. Empty for an app bundle, an IPA and a web build.
   */
  signers: string[]
  /** Schemes that are present and verified for the levels that the build supports, oldest first. */
  schemes: SignatureScheme[]
  /**
   * What the code signature of each slice of an IPA's executable states; its pages were compared, its signer was not
   * judged. Empty for an IPA that is not signed, and for other builds.
   */
  codeSignature: SignedSlice[]
  /** Whether that signature covers every file of the app, by SHA-256. False if there is none. */
  sealed: boolean
  framework: Framework
  /** `null` for a build that devices get as it is. */
  splits: FoundSplits | null
  /** By name, in the order of the names' UTF-8 bytes. Those of an IPA are paths inside the app's folder. */
  segments: SegmentSummary[]
  /** Hex SHA-256 over LP(name) ‖ u64 length ‖ SHA-256 of each segment, in that order. */
  imageDigest: string
  warnings: BuildWarning[]
}
