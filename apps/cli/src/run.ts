import { CommanderError } from 'commander'
import { CliError, exitCodes } from './cli-error.ts'
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
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
    if (!(error instanceof CliError)) throw error
    showError(streams, error, args.includes('--json'))
    return error.exitCode
  }
}
