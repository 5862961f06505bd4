import { appImageCodes } from './codes.ts'

/**
 * Every way in which a build can be refused. The union is closed: what is not named here is misuse by the caller
 * (`TypeError`) or a malfunction (any other error), never a verdict on the build.
 */
export type AppImageErrorCode = keyof typeof appImageCodes

export const appImageErrorCodes = Object.keys(appImageCodes) as readonly AppImageErrorCode[]

/** A build that is refused, and why. `message` says what exactly is wrong; it never quotes the build. */
export class AppImageError extends Error {
  override readonly name = 'AppImageError'
  readonly code: AppImageErrorCode
  /** Path inside the build of the file at fault, if it is a single file. */
  readonly file: string | undefined

  constructor(
    code: AppImageErrorCode,
    message: string = appImageCodes[code].message,
    options: ErrorOptions & { file?: string } = {},
  ) {
    super(message, options)
    this.code = code
    this.file = options.file
  }
}
