/** A command of the CLI. */
export interface Command {
  /** Its words after `assay`: `ban remove`. */
  name: string
  /** What it is done to, as arguments. */
  to?: readonly string[]
  /** With their values. */
  options?: readonly string[]
  /** It asks first, and in a script it needs `--yes`. */
  asks?: true
}

/** A word as a POSIX shell takes it. */
const shellWord = (word: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The words of a command, for the program. */
export function wordsOf({ name, to = [], options = [] }: Command): string[] {
  const words = ['assay', ...name.split(' ')]
  // An argument that looks like an option comes behind all of them.
  return to.some((one) => one.startsWith('-'))
    ? [...words, ...options, '--', ...to]
    : [...words, ...to, ...options]
}

/** Each word quoted where a shell would read something else. */
export const quotedWordsOf = (command: Command): string[] => wordsOf(command).map(shellWord)

/** The line to type. */
export const lineOf = (command: Command): string => quotedWordsOf(command).join(' ')
