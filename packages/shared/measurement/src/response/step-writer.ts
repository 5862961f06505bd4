import { lengthPrefixed, uint32, uint64 } from '@assay/protocol'

/** Puts the bytes of one step of the chain together. Its input may be overwritten once it has returned. */
export interface StepWriter {
  begin(chain: Uint8Array, index: number, operation: number, segmentDigest: Uint8Array): void
  add(offset: number, bytes: Uint8Array): void
  /** What was written since `begin`; valid until the next `begin`. */
  parts(): readonly Uint8Array[]
}

/** The shorter one, for apps. */
export function stepWriter(): StepWriter {
  let parts: Uint8Array[] = []
  return {
    begin(chain, index, operation, segmentDigest) {
      parts = [chain, uint32(index), Uint8Array.of(operation), segmentDigest]
    },
    add: (offset, bytes) => void parts.push(uint64(offset), lengthPrefixed(bytes)),
    parts: () => parts,
  }
}
