/** A word as a POSIX shell takes it. */
const shellWord = (word: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** A command with its arguments, each quoted where a shell would read something else. */
export const commandLine = (...words: readonly string[]): string => words.map(shellWord).join(' ')
