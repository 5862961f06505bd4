import { readFile } from 'node:fs/promises'
import { parseStrictJson, type JsonFault, type JsonValue } from '@assay/protocol'
import { usageError } from '../faults/cli-error.ts'
import { fileFault } from '../faults/file-fault.ts'
import type { Context } from './context.ts'
import { readStandardInput } from './standard-input.ts'

type Source = Pick<Context, 'stdin' | 'output'>

/** The text of a file, or of standard input for `-`. @throws CliError when it cannot be read */
export async function readTextFile(context: Source, file: string, what: string): Promise<string> {
  if (file === '-') return readStandardInput(context, what)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw usageError(
      'CLI_FILE_UNREADABLE',
      `${file} cannot be read${fileFault(cause, file)}`,
      `It must hold ${what}. Check the path and its permissions; - reads standard input.`,
      cause,
    )
  }
}

/** The JSON value of a file, or of standard input for `-`, parsed as strictly as the service does. */
export async function readJsonFile(context: Source, file: string, what: string): Promise<JsonValue> {
  return parseJson(await readTextFile(context, file, what), file, what)
}

/** @throws CliError, which quotes nothing of the text */
export function parseJson(text: string, file: string, what: string): JsonValue {
  const read = parseStrictJson(text, { maxLength: 1 << 20, maxDepth: 16 })
  if (read.ok) return read.value
  const name = file === '-' ? 'Standard input' : file
  throw usageError(
    'CLI_FILE_NOT_JSON',
    text.trim() === '' ? `${name} is empty` : `${name} is not JSON: ${faults[read.fault]}`,
    `It should hold ${what}.`,
  )
}

const faults: Readonly<Record<JsonFault, string>> = {
  syntax: 'a syntax error',
  duplicate_member: 'an object names the same member twice',
  too_deep: 'it is nested more than 16 deep',
  too_large: 'it is longer than 1 MiB',
  lone_surrogate: 'a string holds half a surrogate pair',
}
