import { EvidenceError } from '../port/errors.ts'
import { playIntegrityCodes } from './codes.ts'

export type PlayIntegrityErrorCode = keyof typeof playIntegrityCodes

export const playIntegrityErrorCodes = Object.keys(playIntegrityCodes) as readonly PlayIntegrityErrorCode[]

/** Play Integrity evidence that is refused, and why. */
export class PlayIntegrityError extends EvidenceError<PlayIntegrityErrorCode> {
  constructor(code: PlayIntegrityErrorCode, options?: ErrorOptions) {
    super(code, playIntegrityCodes[code].message, options)
  }
}
