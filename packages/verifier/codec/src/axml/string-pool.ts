import { CodecError } from '../errors/codec-error.ts'

const utf8Flag = 0x100
const headerLength = 28

/** The strings of a binary XML document, decoded on demand. */
export interface StringPool {
  /** The string at `index`. @throws CodecError `AXML_STRING_POOL` if the pool has no such string, or it runs past the end of the pool. */
  at(index: number): string
}

/** Reads a chunk of type RES_STRING_POOL_TYPE. Offsets and lengths of single strings are checked on use, as in Android. */
export function readStringPool(chunk: DataView): StringPool {
  if (chunk.byteLength < headerLength) throw malformed()
  const count = chunk.getUint32(8, true)
  const flags = chunk.getUint32(16, true)
  const stringsStart = chunk.getUint32(20, true)
  const offsetsStart = chunk.getUint16(2, true)
  if (offsetsStart + count * 4 > chunk.byteLength || stringsStart > chunk.byteLength) throw malformed()
  const decode = flags & utf8Flag ? decodeUtf8String : decodeUtf16String
  const decoded = new Map<number, string>()
  // Strings of a real pool do not overlap; overlapping ones could make a small document decode to gigabytes.
  let budget = 2 * chunk.byteLength
  return {
    at(index) {
      if (index >= count) throw malformed()
      const known = decoded.get(index)
      if (known !== undefined) return known
      const text = decode(chunk, stringsStart + chunk.getUint32(offsetsStart + index * 4, true))
      budget -= text.length
      if (budget < 0) throw malformed()
      decoded.set(index, text)
      return text
    },
  }
}

function decodeUtf8String(chunk: DataView, start: number): string {
  const characters = shortLength(chunk, start)
  const bytes = shortLength(chunk, characters.next)
  return slice(chunk, bytes.next, bytes.length).toString('utf8')
}

function decodeUtf16String(chunk: DataView, start: number): string {
  const units = longLength(chunk, start)
  return slice(chunk, units.next, units.length * 2).toString('utf16le')
}

/** A length of one byte, or of two if the high bit of the first is set. */
function shortLength(chunk: DataView, at: number): { length: number; next: number } {
  const first = byteAt(chunk, at)
  if ((first & 0x80) === 0) return { length: first, next: at + 1 }
  return { length: ((first & 0x7f) << 8) | byteAt(chunk, at + 1), next: at + 2 }
}

/** A length of one 16-bit unit, or of two if the high bit of the first is set. */
function longLength(chunk: DataView, at: number): { length: number; next: number } {
  const first = unitAt(chunk, at)
  if ((first & 0x8000) === 0) return { length: first, next: at + 2 }
  return { length: (first & 0x7fff) * 0x10000 + unitAt(chunk, at + 2), next: at + 4 }
}

function byteAt(chunk: DataView, at: number): number {
  if (at + 1 > chunk.byteLength) throw malformed()
  return chunk.getUint8(at)
}

function unitAt(chunk: DataView, at: number): number {
  if (at + 2 > chunk.byteLength) throw malformed()
  return chunk.getUint16(at, true)
}

function slice(chunk: DataView, start: number, length: number): Buffer {
  if (start + length > chunk.byteLength) throw malformed()
  return Buffer.from(chunk.buffer, chunk.byteOffset + start, length)
}

function malformed(): CodecError {
  return new CodecError('AXML_STRING_POOL')
}
