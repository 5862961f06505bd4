import { EvidenceError } from '../port/errors.ts'
import { softwareCodes } from './codes.ts'

export type SoftwareErrorCode = keyof typeof softwareCodes

export const softwareErrorCodes = Object.keys(softwareCodes) as readonly SoftwareErrorCode[]

/** Software evidence that is refused, and why. */
export class SoftwareError extends EvidenceError<SoftwareErrorCode> {
  /**
   * For `SOFTWARE_SEGMENT_MISMATCH` the names of the segments of the registered build that differ, live functions as
   * `live:` and their name. For `SOFTWARE_SEGMENTS` those that the app lacks, as `missing:` and the name, and then those
   * that the build does not have, as `unregistered:` and the name that the app gave. For the other codes empty.
   */
  readonly segments: readonly string[]

  constructor(
    ...[code, segments]:
      | [code: Exclude<SoftwareErrorCode, 'SOFTWARE_SEGMENT_MISMATCH' | 'SOFTWARE_SEGMENTS'>]
      | [code: 'SOFTWARE_SEGMENTS', segments: readonly string[]]
      | [code: 'SOFTWARE_SEGMENT_MISMATCH', segments: readonly [string, ...string[]]]
  ) {
    super(code, softwareCodes[code].message)
    this.segments = segments ?? []
  }
}
