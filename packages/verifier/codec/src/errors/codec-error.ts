import { codecCodes } from './codes.ts'

export type CodecErrorCode = keyof typeof codecCodes

export const codecErrorCodes = Object.keys(codecCodes) as readonly CodecErrorCode[]

/** Malformed input. `message` says what exactly is wrong; it never contains bytes of the input. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  readonly code: CodecErrorCode

  constructor(code: CodecErrorCode, message: string = codecCodes[code].message, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
