import { usageError } from '../faults/cli-error.ts'
import type { Context } from './context.ts'

/** Bytes: more than any token, key or policy has. */
const longest = 256 * 1024

/** All of standard input as text. On a terminal, says what it waits for. @throws CliError if it is too long */
export async function readStandardInput(
  { stdin, output }: Pick<Context, 'stdin' | 'output'>,
  what: string,
): Promise<string> {
  if (stdin === undefined) return ''
  if (stdin.isTTY === true) output.note(`Waiting for ${what}. Paste it, press Enter, then Ctrl-D.`)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > longest) {
      throw usageError('CLI_USAGE', `Standard input is longer than ${longest} bytes`, `Is it ${what}?`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
