import type { AppImageErrorCode, BuildFormat, BuildReport } from '@assay/app-image'
import type { Coverage } from '@assay/protocol'
import type { FoundSdk } from './sdk-finder.ts'

/** A build as its file shows it, and the SDK in it. */
export interface ReadBuild extends BuildReport {
  /** `null`: none was found. */
  sdk: FoundSdk | null
}

/** What kind of build a file is, and what is asked for of it. */
export interface Reading {
  format: BuildFormat
  /** Undefined: the default of the format. */
  coverage: Coverage | undefined
}

/** What the reading process is told. After `read`, exactly one `keep` or `drop` follows. */
export type ReaderCommand =
  | ({ kind: 'read'; file: string } & Reading)
  | { kind: 'keep' }
  | { kind: 'drop' }
  | { kind: 'sweep'; keep: string[]; before: number }

/** What it answers, one for each command. */
export type ReaderAnswer =
  | { kind: 'read'; report: ReadBuild }
  | { kind: 'refused'; code: AppImageErrorCode }
  | { kind: 'done' }
  /** A malfunction. */
  | { kind: 'failed'; message: string; code: string | undefined }
