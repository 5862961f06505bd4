import { CodecError } from '@assay/codec'
import { EvidenceError } from '../port/errors.ts'
import { appAttestCodes } from './codes.ts'

export type AppAttestErrorCode = keyof typeof appAttestCodes

export const appAttestErrorCodes = Object.keys(appAttestCodes) as readonly AppAttestErrorCode[]

/** App Attest evidence that is refused, and why; `cause` is the `CodecError` where an encoding was malformed. */
export class AppAttestError extends EvidenceError<AppAttestErrorCode> {
  constructor(code: AppAttestErrorCode, options?: ErrorOptions) {
    super(code, appAttestCodes[code].message, options)
  }
}

/** The result of `read`; an encoding that it refuses as malformed becomes bad evidence with `code`. */
export function reading<T>(code: AppAttestErrorCode, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof CodecError) throw new AppAttestError(code, { cause })
    throw cause
  }
}
