/** Names of releases whose first letter is not in the alphabetical order of the others, and the level before them. */
const named = new Map([
  ['Baklava', 34],
  ['CinnamonBun', 35],
  ['CANARY', 9999],
])

/** First letters of the alphabetical names, with the level before their first release. */
const letters: readonly (readonly [letter: string, level: number])[] = [
  ['C', 2],
  ['D', 3],
  ['E', 4],
  ['F', 7],
  ['G', 8],
  ['H', 10],
  ['I', 13],
  ['J', 15],
  ['K', 18],
  ['L', 20],
  ['M', 22],
  ['N', 23],
  ['O', 25],
]

/**
 * The SDK level that a release in development counts for: that of the release before it. After `O` each letter is
 * treated as one level more.
 *
 * @returns `undefined` unless the name begins with a capital letter.
 */
export function sdkOfCodename(name: string): number | undefined {
  const known = named.get(name)
  if (known !== undefined) return known
  const first = name.charCodeAt(0)
  if (!/^[A-Z]/.test(name)) return undefined
  const older = letters.findLast(([letter]) => letter.charCodeAt(0) <= first)
  return older === undefined ? 1 : older[1] + first - older[0].charCodeAt(0)
}
