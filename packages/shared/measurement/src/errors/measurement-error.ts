import type { measurementCodes } from './codes.ts'

export type MeasurementErrorCode = keyof typeof measurementCodes

/**
 * Bad input to measuring: a plan, answers, an image or a manifest that are refused. Its message is its code and
 * contains no value of the input; a sentence for each code would burden every app that ships the SDK.
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
