/**
 * Checks the length that a reader returned: fewer or more bytes than requested are a malfunction of the reader, not a
 * finding.
 */
export function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new Error('image: missing or wrong')
  return bytes
}
