import type { SegmentKind } from '@assay/protocol'

/** A value now or later: a port that can answer synchronously does so, without a promise. */
export type Eventually<T> = T | Promise<T>

/** One named run of bytes of a code image. Names are unique within an image. */
export interface Segment {
  name: string
  kind: SegmentKind
  /** Bytes. */
  length: number
}

/**
 * Reads the bytes that a build executes. At run time it reaches the app's own code and nothing else; at the
 * Verifier it reads the registered image. A reader that can answer synchronously does so, without a promise.
 */
export interface CodeImage {
  readonly segments: readonly Segment[]
  /**
   * The segments come from a list, as for a web page, so some may be missing. The image is then measured as it is, so
   * that the denial names them, and no plan is refused because it reads more segments.
   */
  readonly isListed?: boolean
  /**
   * Exactly `length` bytes of segment `name` from `offset`. Callers stay inside the segment.
   * A reader that cannot deliver throws its own error: that is a malfunction, never a mismatch. A synchronous reader
   * may overwrite its last result with the next call.
   */
  read(name: string, offset: number, length: number): Eventually<Uint8Array>
}

/**
 * The primitives that measuring needs, from the platform: Web Crypto, `node:crypto`, or a native module. Their input
 * may be overwritten once they have answered, so they keep none of it.
 */
export interface MeasurementCrypto {
  /** SHA-256 over the parts, one after the other. Parts may be megabytes long. */
  sha256(parts: readonly Uint8Array[]): Eventually<Uint8Array>
  /** HMAC-SHA-256 over the parts, one after the other. */
  hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Eventually<Uint8Array>
  /**
   * SHA-256 over the parts of `head` and then `length` bytes, which `read` gives piece by piece. Only if the platform
   * has it: then memory does not grow with the image. Web Crypto does not have it.
   */
  sha256Read?(
    head: readonly Uint8Array[],
    read: (offset: number, length: number) => Promise<Uint8Array>,
    length: number,
  ): Promise<Uint8Array>
}
