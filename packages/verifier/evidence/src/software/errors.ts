import { EvidenceError } from '../port/evidence-error.ts'

/** Every code with which software evidence is refused. */
export const softwareErrorCodes = [
  /** Not the `measurement` member of client data. */
  'SOFTWARE_MALFORMED',
  /** The answers are not those of the probes that the plan asks for. */
  'SOFTWARE_PROBES',
  /** The engine of this build shows source, and the evidence was made without it. */
  'SOFTWARE_LIVE_CODE',
  /** The plan asks for the second image and nothing was said of it, or the other way round. */
  'SOFTWARE_TEXT',
  /** The measured segments are not those of the build: renamed, missing, extra or reordered. */
  'SOFTWARE_SEGMENTS',
  /** Segments of the right names with other bytes. */
  'SOFTWARE_SEGMENT_MISMATCH',
  /** Every segment is right by its tag, and the response is not the one expected. */
  'SOFTWARE_RESPONSE_MISMATCH',
] as const
export type SoftwareErrorCode = (typeof softwareErrorCodes)[number]

const messages: Record<SoftwareErrorCode, string> = {
  SOFTWARE_MALFORMED: 'the measurement does not have the required form',
  SOFTWARE_PROBES: 'the answers are not those of the probes that were asked',
  SOFTWARE_LIVE_CODE: 'the live-code step was left out on an engine that shows source',
  SOFTWARE_TEXT: 'client data has a member `text` exactly when the plan asks for the second image',
  SOFTWARE_SEGMENTS: 'the measured segments are not those of the build',
  SOFTWARE_SEGMENT_MISMATCH: 'segments differ from those of the build',
  SOFTWARE_RESPONSE_MISMATCH: 'the response is not the one expected for this challenge',
}

/** Software evidence that is refused, and why. */
export class SoftwareError extends EvidenceError<SoftwareErrorCode> {
  /**
   * For `SOFTWARE_SEGMENT_MISMATCH` the names of the segments of the registered build that differ, live functions as
   * `live:` and their name; for the other codes empty.
   */
  readonly segments: readonly string[]

  constructor(
    ...[code, segments]:
      | [code: Exclude<SoftwareErrorCode, 'SOFTWARE_SEGMENT_MISMATCH'>]
      | [code: 'SOFTWARE_SEGMENT_MISMATCH', segments: readonly [string, ...string[]]]
  ) {
    super(code, messages[code])
    this.segments = segments ?? []
  }
}
