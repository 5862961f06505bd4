import type { AppImageErrorCode, BuildFormat, BuildReport } from '@assay/app-image'
import type { Coverage } from '@assay/protocol'
import type { FoundSdk } from './sdk-finder.ts'

/** A build as its file shows it, and the SDK in it. */
export interface ReadBuild extends BuildReport {
  /** `null`: none was found. */
  sdk: FoundSdk | null
}

/** What kind of build a file is, and what is requested for it. */
export interface Reading {
  format: BuildFormat
  /** Undefined: the default of the format. */
  coverage: Coverage | undefined
  /** Whether it is an update over the air. */
  isUpdate?: boolean
}

/** The bytes of a segment, in their own file, which has no name yet. */
export interface WrittenSegment {
  file: string
  /** Lower-case hex. */
  sha256: string
  /** Bytes. */
  length: number
}

/** The commands that a process gets. While it reads, it gets no other. */
export type ReaderCommand =
  ({ kind: 'read'; file: string } & Reading) | { kind: 'sweep'; keep: string[]; before: number }

/** Its answers, one for each command. */
export type ReaderAnswer =
  | { kind: 'read'; report: ReadBuild; written: WrittenSegment[] }
  | { kind: 'refused'; code: AppImageErrorCode; file?: string | undefined }
  /** The SHA-256 of each blob that the sweep removed. */
  | { kind: 'swept'; removed: string[] }
  /** A malfunction. */
  | { kind: 'failed'; message: string; code: string | undefined }
