import type { Eventually } from '@assay/measurement'

interface Reader {
  /** @param into where an answer at once is put */
  read(offset: number, length: number, into?: Buffer): Eventually<Uint8Array>
}

/** Bytes of a piece that has a buffer of its own: no piece of a plan is longer, unless a segment was too short for others. */
const longest = 512

/**
 * Reads pieces of one length into the same buffer each time, which is valid until the next reading: an attestation reads 65
 * of them, and a new buffer costs more than half of what the reading does.
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
