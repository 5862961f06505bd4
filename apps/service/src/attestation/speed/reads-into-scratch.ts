import type { Eventually } from '@assay/measurement'

interface Reader {
  /** @param into buffer for a synchronous answer */
  read(offset: number, length: number, into?: Buffer): Eventually<Uint8Array>
}

/**
 * Largest piece, in bytes, that has its own buffer: no piece of a plan is longer, unless a segment was too short for
 * others.
 */
const longest = 512

/**
 * Reads pieces of one length into the same buffer, which is valid until the next read: an attestation reads 65 of them,
 * and a new buffer costs more than half as much as the read.
 */
export function readsIntoScratch() {
  const scratch = new Map<number, Buffer>()
  const scratchOf = (length: number): Buffer | undefined => {
    if (length > longest) return undefined
    const known = scratch.get(length)
    if (known !== undefined) return known
    const made = Buffer.alloc(length)
    scratch.set(length, made)
    return made
  }
  return (reader: Reader, offset: number, length: number): Eventually<Uint8Array> =>
    reader.read(offset, length, scratchOf(length))
}
