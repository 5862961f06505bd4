import { CommanderError } from 'commander'
import { CliError, exitCodes, usageError } from './cli-error.ts'
import type { Environment } from './context.ts'
import { showError, type Streams } from './output.ts'
import { createProgram } from './program.ts'

/** Carries out one command line (without `node` and the script) and returns its exit code. */
export async function run(
  args: readonly string[],
  streams: Streams,
  env: Environment,
  signals: NodeJS.EventEmitter,
): Promise<number> {
  try {
    await createProgram(streams, env, signals).parseAsync(args, { from: 'user' })
    return 0
  } catch (caught) {
    if (caught instanceof CommanderError && caught.exitCode === 0) return 0
    const error = asCliError(caught)
    showError(streams, error, args.includes('--json'))
    if (env.ASSAY_DEBUG === '1') streams.err.write(`${String((caught as Error).stack)}\n`)
    return error.exitCode
  }
}

function asCliError(caught: unknown): CliError {
  if (caught instanceof CliError) return caught
  if (caught instanceof CommanderError) {
    const message = caught.message.replace(/^error: /, '')
    return usageError('CLI_USAGE', message, 'Add --help to see what the command takes.', caught)
  }
  const { code } = caught as { code?: unknown }
  if (typeof code === 'string' && fileFaults.test(code)) {
    return usageError(
      'CLI_FILE_UNREADABLE',
      `A file or folder cannot be used (${code})`,
      'Check the paths and who may use them.',
      caught,
    )
  }
  return new CliError('CLI_FAULT', 'This is a fault of the CLI', exitCodes.fault, {
    hint: 'Please report it, with the command and what ASSAY_DEBUG=1 shows beside this.',
    cause: caught,
  })
}

/** What the file system answers when it is the place that is wrong. */
const fileFaults = /^(EACCES|EEXIST|EISDIR|ELOOP|EMFILE|ENAMETOOLONG|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS)$/
