import { parseArgs, type ParseArgsConfig } from 'node:util'

/**
 * Runs a command of the lab with the arguments of this process: exit code 0 if `run` holds, 1 otherwise, and 2 for arguments that
 * `read` refuses by a TypeError, which is said with the usage.
 */
export async function runCommand<Options>(
  usage: string,
  read: (args: readonly string[]) => Options,
  run: (options: Options) => Promise<boolean>,
): Promise<void> {
  let options: Options
  try {
    options = read(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n\n${usage}\n`)
    process.exitCode = 2
    return
  }
  process.exitCode = (await run(options)) ? 0 : 1
}

/** The values of these options. @throws TypeError for another argument */
export function readValues<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T }>>['values'] {
  return parseArgs({ args: [...args], options }).values
}

/**
 * The names that a list with commas chooses, `undefined` for no list.
 *
 * @param what the kind of the things, for the message
 * @param covers whether a name of the list means this one; default: it is the same
 * @throws TypeError for a name that means none
 */
export function chosenOf(
  list: string | undefined,
  known: readonly string[],
  what: string,
  covers: (named: string, name: string) => boolean = (named, name) => named === name,
): ReadonlySet<string> | undefined {
  if (list === undefined) return undefined
  const named = list.split(',').map((name) => name.trim())
  const unknown = named.filter((each) => !known.some((name) => covers(each, name)))
  if (unknown.length > 0)
    throw new TypeError(
      `there is no ${what} ${unknown.map((name) => name || '(nothing)').join(', ')}. There are:\n  ${known.join('\n  ')}`,
    )
  return new Set(known.filter((name) => named.some((each) => covers(each, name))))
}

/** A whole number within bounds. @throws TypeError that names the option */
export function numberIn(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least && number <= most))
    throw new TypeError(`${option} must be a whole number from ${least} to ${most}, not ${text}`)
  return number
}

/** Says lines on standard output, or beside it where that is one JSON document. */
export function tellBeside(json: boolean): (line: string) => void {
  return (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`)
}
