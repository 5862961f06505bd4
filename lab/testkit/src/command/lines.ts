import type { Readable } from 'node:stream'
import split2 from 'split2'

/**
 * The lines of a stream, without the line feed that ends each. U+2028 and U+2029, which JSON has in its strings as they are, end no line
 * here; to `node:readline` they do since Node 24.
 */
export function linesOf(stream: Readable): Readable & AsyncIterable<string> {
  return stream.pipe(split2())
}
