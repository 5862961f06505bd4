import leven from 'leven'
import { CommanderError, type Command } from 'commander'
import { CliError, cliError, usageError } from '../faults/cli-error.ts'
import { fileFault } from '../faults/file-fault.ts'
import { showError } from '../terminal/output.ts'
import type { Environment } from '../terminal/terminal.ts'
import type { Streams } from '../terminal/terminal.ts'
import { createProgram } from './program.ts'

/** Carries out one command line (without `node` and the script) and returns its exit code. */
export async function run(
  args: readonly string[],
  streams: Streams,
  env: Environment,
  signals: NodeJS.EventEmitter,
): Promise<number> {
  const program = await createProgram(streams, env, signals, args)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return 0
  } catch (caught) {
    if (caught instanceof CommanderError && caught.exitCode === 0) return 0
    const error = asCliError(caught, program, args)
    showError(streams, env, error, args.includes('--json'))
    if (env.ASSAY_DEBUG === '1') streams.err.write(`${String((caught as Error).stack)}\n`)
    return error.exitCode
  }
}

function asCliError(caught: unknown, program: Command, args: readonly string[]): CliError {
  if (caught instanceof CliError) return caught
  if (caught instanceof CommanderError) return commandLineError(caught, program, args)
  const { code, path } = caught as { code?: unknown; path?: unknown }
  if (typeof code === 'string' && fileFaults.test(code)) {
    const reported = typeof path === 'string' ? fileFault(caught, path) : ` (${code})`
    return usageError(
      'CLI_FILE_UNREADABLE',
      `${typeof path === 'string' ? path : 'A file or folder'} cannot be used${reported}`,
      'Check the path and its permissions.',
      caught,
    )
  }
  return cliError('CLI_FAULT', 'This is a fault of the CLI', { cause: caught })
}

const seeHelp = 'Add --help to see the arguments of the command.'

/** Commander's own words; if a group was named without a command, a list of its commands. */
function commandLineError(caught: CommanderError, program: Command, args: readonly string[]): CliError {
  const group = program.commands.find((command) => args.includes(command.name()))
  if (caught.code === 'commander.help' && group !== undefined) {
    const names = group.commands.map((command) => command.name())
    return usageError(
      'CLI_USAGE',
      `\`assay ${group.name()}\` needs one of: ${names.join(', ')}`,
      `\`assay ${group.name()} --help\` explains each.`,
      caught,
    )
  }
  if (caught.code === 'commander.missingMandatoryOptionValue') {
    const unknown = unknownOption(program, args)
    if (unknown !== undefined) return usageError('CLI_USAGE', unknown, seeHelp, caught)
  }
  const message = caught.message.replace(/^error: /, '').replaceAll('\n', ' ')
  return usageError('CLI_USAGE', message, seeHelp, caught)
}

/** If an option is missing, an unknown one is more likely a misspelling of it than the cause. */
function unknownOption(program: Command, args: readonly string[]): string | undefined {
  let command = program
  let rest = [...args]
  for (;;) {
    const { operands, unknown } = command.parseOptions(rest)
    const next = command.commands.find((one) => one.name() === operands[0])
    if (next === undefined) {
      const option = unknown.find((arg) => arg.startsWith('-'))?.split('=')[0]
      return option === undefined ? undefined : unknownOptionMessage(command, option)
    }
    command = next
    rest = [...operands.slice(1), ...unknown]
  }
}

/** In commander's words, which looks for missing options first. */
function unknownOptionMessage(command: Command, option: string): string {
  const known = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? [])
  const [nearest] = [...known].sort((a, b) => leven(option, a) - leven(option, b))
  const meant = nearest !== undefined && leven(option, nearest) <= 3 ? ` (Did you mean ${nearest}?)` : ''
  return `unknown option '${option}'${meant}`
}

/** File system errors that mean that the place is wrong. */
const fileFaults = /^(EACCES|EEXIST|EIO|EISDIR|ELOOP|EMFILE|ENAMETOOLONG|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS)$/
