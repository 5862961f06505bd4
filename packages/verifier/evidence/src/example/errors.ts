import { EvidenceError } from '../port/errors.ts'
import { exampleCodes } from './codes.ts'

export type ExampleErrorCode = keyof typeof exampleCodes

export const exampleErrorCodes = Object.keys(exampleCodes) as readonly ExampleErrorCode[]

/** Evidence of this format that is refused, and why. */
export class ExampleError extends EvidenceError<ExampleErrorCode> {
  constructor(code: ExampleErrorCode) {
    super(code, exampleCodes[code].message)
  }
}
