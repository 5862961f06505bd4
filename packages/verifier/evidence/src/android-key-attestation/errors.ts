import { CodecError } from '@assay/codec'
import { EvidenceError } from '../port/errors.ts'
import { androidKeyCodes } from './codes.ts'

export type AndroidKeyErrorCode = keyof typeof androidKeyCodes

export const androidKeyErrorCodes = Object.keys(androidKeyCodes) as readonly AndroidKeyErrorCode[]

/** Evidence of this format that is refused, and why; `cause` is the `CodecError` where an encoding was malformed. */
export class AndroidKeyError extends EvidenceError<AndroidKeyErrorCode> {
  constructor(code: AndroidKeyErrorCode, options?: ErrorOptions) {
    super(code, androidKeyCodes[code].message, options)
  }
}

/**
 * The result of `read`. A refusal of the readers becomes one of this format with the given code; any other error is a
 * malfunction and passes.
 */
export function reading<T>(code: AndroidKeyErrorCode, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof CodecError) throw new AndroidKeyError(code, { cause })
    throw cause
  }
}
