/** Holds a reader to its word: fewer or more bytes than asked for are the reader's malfunction, not a finding. */
export function exactly(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new Error('image: missing or wrong')
  return bytes
}
