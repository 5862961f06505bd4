import type { Command } from 'commander'
import { cliError } from '../faults/cli-error.ts'
import type { Context } from './context.ts'

export interface ConfirmOptions {
  yes?: true
}

/** Adds `--yes` to a command that deletes. */
export function withConfirmation(command: Command): Command {
  return command.option('--yes', 'do not ask: for scripts')
}

/**
 * Asks before something is deleted. If nobody can be asked, `--yes` is required.
 *
 * @param question what is about to happen, as a question
 * @throws CliError `CLI_NOT_CONFIRMED`
 */
export async function confirm(
  { stdin, output }: Pick<Context, 'stdin' | 'output'>,
  { yes }: ConfirmOptions,
  question: string,
): Promise<void> {
  if (yes === true) return
  if (stdin?.isTTY !== true || output.json)
    throw cliError('CLI_NOT_CONFIRMED', `There is no terminal to ask at: ${question}`)
  const answer = await ask(stdin, () => output.prompt(`${question} [y/N] `))
  if (!/^y(es)?$/i.test(answer.trim())) throw cliError('CLI_NOT_CONFIRMED', 'Nothing was changed')
}

async function ask(stdin: NodeJS.ReadableStream, prompt: () => void): Promise<string> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: stdin })
  try {
    prompt()
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
  }
}
