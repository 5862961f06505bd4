import { machOLimits } from './limits.ts'
import { malformedSignature } from './mach-o-error.ts'

const superBlobMagic = 0xfade0cc0
const headerLength = 12
const indexEntryLength = 8
const blobHeaderLength = 8

/** The blobs of a signature by slot, each with its magic and length. */
export type Blobs = ReadonlyMap<number, Buffer>

/**
 * Reads an embedded signature. Every blob lies inside it, behind its index, and apart from the others; no slot is there
 * twice. What follows its length is padding.
 *
 * @throws AppImageError `MACHO_SIGNATURE_MALFORMED`
 */
export function parseSuperBlob(data: Buffer): Blobs {
  if (data.length < headerLength || data.readUInt32BE(0) !== superBlobMagic) {
    throw malformedSignature('a code signature has a wrong magic number')
  }
  const length = data.readUInt32BE(4)
  const count = data.readUInt32BE(8)
  const indexEnd = headerLength + count * indexEntryLength
  if (length > data.length || count > machOLimits.blobs || indexEnd > length) {
    throw malformedSignature('the index of a code signature does not fit')
  }
  const bytes = data.subarray(0, length)
  const blobs = new Map<number, Buffer>()
  const ends: [start: number, end: number][] = []
  for (let at = headerLength; at < indexEnd; at += indexEntryLength) {
    const slot = bytes.readUInt32BE(at)
    const offset = bytes.readUInt32BE(at + 4)
    if (blobs.has(slot)) throw malformedSignature('a code signature has a slot twice')
    const blob = blobAt(bytes, offset)
    blobs.set(slot, blob)
    ends.push([offset, offset + blob.length])
  }
  refuseOverlaps(ends, indexEnd)
  return blobs
}

function blobAt(bytes: Buffer, offset: number): Buffer {
  if (offset + blobHeaderLength > bytes.length)
    throw malformedSignature('a blob lies outside of its signature')
  const length = bytes.readUInt32BE(offset + 4)
  if (length < blobHeaderLength || offset + length > bytes.length) {
    throw malformedSignature('a blob ends beyond its signature')
  }
  return bytes.subarray(offset, offset + length)
}

function refuseOverlaps(ranges: [start: number, end: number][], firstFree: number): void {
  let free = firstFree
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start < free) throw malformedSignature('two blobs of a code signature share bytes')
    free = end
  }
}
