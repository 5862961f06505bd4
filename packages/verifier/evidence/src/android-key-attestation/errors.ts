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
