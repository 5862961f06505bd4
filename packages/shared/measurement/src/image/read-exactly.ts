import type { Work } from '../drive.ts'
import type { CodeImage } from '../ports.ts'

/** Reads, and holds the reader to its word: fewer or more bytes are the reader's malfunction, not a finding. */
export function* readExactly(
  image: CodeImage,
  name: string,
  offset: number,
  length: number,
): Work<Uint8Array> {
  const bytes = yield image.read(name, offset, length)
  if (bytes.length !== length)
    throw new Error('the reader of the code image did not deliver the bytes asked for')
  return bytes
}
