import type { FaultyPlace } from '@assay/protocol'
import { cliCodes, type CliErrorCode } from './cli-codes.ts'
import { fileFault } from './file-fault.ts'

/** A fault to show to the person at the terminal: what happened, and what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** A `CliErrorCode`, or the problem code that the service answered with. */
  readonly code: string
  readonly exitCode: number
  /** What to do next. */
  readonly hint: string | undefined
  readonly trace: string | undefined
  /** Where the service found a fault in the request, as JSON pointers. */
  readonly errors: readonly FaultyPlace[] | undefined
  /** The service's own code for why, beside its problem code. */
  readonly reason: string | undefined

  constructor(
    code: string,
    message: string,
    exitCode: number,
    more: {
      hint?: string
      trace?: string
      errors?: readonly FaultyPlace[]
      reason?: string
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.exitCode = exitCode
    this.hint = more.hint
    this.trace = more.trace
    this.errors = more.errors
    this.reason = more.reason
  }
}

/** A fault that the CLI itself finds. @param hint what to do next; default: the action of the code */
export function cliError(
  code: CliErrorCode,
  message: string,
  { hint = cliCodes[code].action, cause }: { hint?: string | undefined; cause?: unknown } = {},
): CliError {
  return new CliError(code, message, cliCodes[code].exit, { hint, cause })
}

/** A fault of the command line or of a file that it names. */
export function usageError(code: CliErrorCode, message: string, hint?: string, cause?: unknown): CliError {
  return cliError(code, message, { hint, cause })
}

/** Something that a command names cannot be read. @param what a path, or the name of what is there */
export function fileUnreadable(what: string, cause: unknown): CliError {
  return cliError('CLI_FILE_UNREADABLE', `${what} cannot be read${fileFault(cause, what)}`, { cause })
}
