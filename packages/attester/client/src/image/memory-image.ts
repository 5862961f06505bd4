import type { CodeImage, Segment } from '@assay/measurement'
import { invalidArgument } from '../error.ts'

/** A segment whose bytes are at hand. */
export interface MemorySegment {
  name: string
  kind: Segment['kind']
  bytes: Uint8Array
}

/** A code image of bytes in memory. @throws TypeError (`ERR_INVALID_ARG_VALUE`) for two segments of one name. */
export function memoryImage(segments: readonly MemorySegment[]): CodeImage {
  const byName = new Map(segments.map((segment) => [segment.name, segment.bytes]))
  if (byName.size !== segments.length) throw invalidArgument('two segments have the same name')
  return {
    segments: segments.map(({ name, kind, bytes }) => ({ name, kind, length: bytes.length })),
    read(name, offset, length) {
      const bytes = byName.get(name)
      if (bytes === undefined || offset + length > bytes.length)
        throw new RangeError('read outside of the code image')
      return bytes.subarray(offset, offset + length)
    },
  }
}
