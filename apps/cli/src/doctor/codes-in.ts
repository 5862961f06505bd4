/** Codes of docs/errors.md that a text names: the tables of codes are in the CLI, so no service is asked. */
export function codesIn(text: string, isKnown: (code: string) => boolean): string[] {
  const words = text.match(/[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+/g) ?? []
  const spelt = words.flatMap((word) => [word, word.toUpperCase(), word.toLowerCase()].find(isKnown) ?? [])
  return [...new Set(spelt)].slice(0, 20)
}
