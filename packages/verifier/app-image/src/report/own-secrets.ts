/** API keys and development secrets of Assay: a prefix and 32 random bytes in base64url. */
const prefixes = ['assay_', 'assaydev_']
const length = 43
/** The longest one, and the character that shows its end. */
const longest = 'assaydev_'.length + length + 1

/** Where text holds secrets of Assay. Names in code look alike, and have no capital and small letters at random. */
export function ownSecretsIn(text: string): { start: number; end: number }[] {
  return [...text.matchAll(/(?<![A-Za-z0-9_-])assay(?:dev)?_([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g)]
    .filter(([, random = '']) => /[A-Z]/.test(random) && /[a-z]/.test(random))
    .map(({ index, 0: secret }) => ({ start: index, end: index + secret.length }))
}

/** Searches bytes that come in pieces. `found` says whether there was one so far. */
export function createOwnSecretSearch(): { add(chunk: Uint8Array): void; found(): boolean } {
  let tail = Buffer.alloc(0)
  let isFound = false
  const look = (bytes: Buffer) => {
    const isPossible = prefixes.some((prefix) => bytes.includes(prefix))
    isFound ||= isPossible && ownSecretsIn(bytes.toString('latin1')).length > 0
  }
  return {
    add(chunk) {
      const bytes = Buffer.concat([tail, chunk])
      // What may go on in the next piece is looked at with it.
      look(bytes)
      tail = Buffer.from(bytes.subarray(-longest))
    },
    found: () => isFound,
  }
}
