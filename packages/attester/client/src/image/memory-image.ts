import type { CodeImage, Segment } from '@assay/measurement'

/** A segment whose bytes are in memory. */
export interface MemorySegment {
  name: string
  kind: Segment['kind']
  bytes: Uint8Array
}

/** A code image of bytes in memory. */
export function memoryImage(segments: readonly MemorySegment[]): CodeImage {
  const byName = new Map(segments.map(({ name, bytes }) => [name, bytes]))
  return {
    segments: segments.map(({ name, kind, bytes }) => ({ name, kind, length: bytes.length })),
    read: (name, offset, length) => (byName.get(name) as Uint8Array).subarray(offset, offset + length),
  }
}
