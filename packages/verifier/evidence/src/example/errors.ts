import { EvidenceError } from '../port/evidence-error.ts'

/** Every code with which evidence of this format is refused: one per check. */
export const exampleErrorCodes = [
  /** Not an evidence item of this format. */
  'EXAMPLE_MALFORMED',
  /** Signed by no trust anchor. */
  'EXAMPLE_SIGNATURE',
  /** Made for another binding. */
  'EXAMPLE_COMMITMENT',
  /** Made too long ago, or in the future. */
  'EXAMPLE_EXPIRED',
  /** About another app, or about one that somebody else signed. */
  'EXAMPLE_APP_IDENTITY',
  /** From a device that its vendor no longer vouches for. */
  'EXAMPLE_REVOKED',
] as const
export type ExampleErrorCode = (typeof exampleErrorCodes)[number]

const messages: Record<ExampleErrorCode, string> = {
  EXAMPLE_MALFORMED: 'the evidence does not have the required form',
  EXAMPLE_SIGNATURE: 'the statement is signed by no trust anchor',
  EXAMPLE_COMMITMENT: 'the statement was made for other client data',
  EXAMPLE_EXPIRED: 'the statement was not made just now',
  EXAMPLE_APP_IDENTITY: 'the statement is about another app',
  EXAMPLE_REVOKED: 'the vendor no longer vouches for the device',
}

/** Evidence of this format that is refused, and why. */
export class ExampleError extends EvidenceError<ExampleErrorCode> {
  constructor(code: ExampleErrorCode) {
    super(code, messages[code])
  }
}
