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
