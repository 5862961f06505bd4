/** Exit codes, for scripts: they are a contract and stand in `docs/errors.md`. */
export const exitCodes = {
  /** The service refused, with a coded problem; or what was to be checked does not hold. */
  refused: 1,
  /** The command line, or a file it names, is not usable. */
  usage: 2,
  /** The service could not be reached or has a fault: the same command may work later. */
  unavailable: 3,
  /** The CLI itself has a fault. */
  fault: 4,
} as const

/** Codes of faults that the CLI itself finds. */
export const cliErrorCodes = [
  'CLI_USAGE',
  'CLI_NO_API_KEY',
  'CLI_FILE_UNREADABLE',
  'CLI_FILE_NOT_JSON',
  'CLI_EXISTS_ALREADY',
  'CLI_KEY_FILE',
  'CLI_BUILD_UNREADABLE',
  'CLI_BUILD_LINK',
  'CLI_BUILD_RETIRED',
  'CLI_SERVICE_UNREACHABLE',
  'CLI_SERVICE_ANSWER',
  'CLI_SERVICE_START',
  'CLI_TOKEN_REFUSED',
  'CLI_DOCTOR_FAULTS',
  'CLI_FAULT',
] as const
export type CliErrorCode = (typeof cliErrorCodes)[number]

/** A member of what was sent: where it is, and what is wrong with it. */
export interface FaultyMember {
  pointer: string
  code: string
}

/** A fault to show to the person at the terminal: what happened, and what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** One of {@link cliErrorCodes}, or the problem code that the service answered with. */
  readonly code: string
  readonly exitCode: number
  /** What to do next. */
  readonly hint: string | undefined
  readonly trace: string | undefined
  /** Where in the request the service found fault, by JSON pointer. */
  readonly errors: readonly FaultyMember[] | undefined

  constructor(
    code: string,
    message: string,
    exitCode: number,
    more: { hint?: string; trace?: string; errors?: readonly FaultyMember[]; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.exitCode = exitCode
    this.hint = more.hint
    this.trace = more.trace
    this.errors = more.errors
  }
}

/** A fault of the command line or of a file that it names. */
export function usageError(code: CliErrorCode, message: string, hint?: string, cause?: unknown): CliError {
  return new CliError(code, message, exitCodes.usage, { ...(hint === undefined ? {} : { hint }), cause })
}

/** What a command names cannot be read. @param what a path, or the name of what lies there */
export function fileUnreadable(what: string, cause: unknown): CliError {
  const { code } = cause as { code?: unknown }
  const told = typeof code === 'string' ? ` (${code})` : ''
  return usageError(
    'CLI_FILE_UNREADABLE',
    `${what} cannot be read${told}`,
    'Check the path, and who may read it.',
    cause,
  )
}
