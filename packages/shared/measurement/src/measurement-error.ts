/** Every code of {@link MeasurementError}. `docs/errors.md` says what to do about each. */
export const measurementErrorCodes = [
  // The plan, before anything is read
  'PLAN_MALFORMED',
  'PLAN_VERSION',
  'PLAN_TOO_LARGE',
  'PLAN_BUDGET',
  'PLAN_BUILD',
  'PLAN_EPOCH',
  'PLAN_SEGMENT',
  'PLAN_PROBE',
  'PLAN_FUNCTION',
  // The answers to its probes
  'PROBE_ANSWERS',
  // The code image
  'IMAGE_EMPTY',
  'IMAGE_SEGMENTS',
  // The SDK's manifest, at registration
  'MANIFEST_MALFORMED',
  'MANIFEST_MARKER',
  'MANIFEST_FUNCTION',
  'MANIFEST_SLICE',
] as const
export type MeasurementErrorCode = (typeof measurementErrorCodes)[number]

/**
 * Bad input to measuring: a plan, answers, an image or a manifest that are refused. Its message is its code and holds
 * no value of the input; a sentence for each code would cost every app that ships the SDK.
 */
export class MeasurementError extends Error {
  declare readonly code: MeasurementErrorCode

  constructor(code: MeasurementErrorCode) {
    super(code)
    Object.assign(this, { name: 'MeasurementError', code })
  }
}

/** Refuses with `code` unless something holds. */
export function must(holds: boolean, code: MeasurementErrorCode): asserts holds {
  if (!holds) throw new MeasurementError(code)
}
