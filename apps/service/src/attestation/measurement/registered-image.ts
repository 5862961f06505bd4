import { setImmediate } from 'node:timers/promises'
import type { Build } from '@assay/protocol'
import type { CodeImage } from '@assay/measurement'

/** Where segments of registered builds lie, each under the SHA-256 of its bytes. */
export interface SegmentStore {
  /** @throws whatever is a malfunction when the segment is missing, or has not exactly `length` bytes */
  open(sha256: string, length: number): SegmentReader
}

interface SegmentReader {
  /** Exactly `length` bytes from `offset`; both must lie inside the segment. */
  read(offset: number, length: number): Uint8Array
}

/** The code image of a registered build, over its segments. */
export interface RegisteredImage {
  readonly build: Build
  /**
   * Answers at once: for the few reads of an attestation. Exactly the bytes that are asked for are read, whatever the
   * size of the image; to keep pages would favour small ones, and to read whole pages would cost more than it saves.
   */
  readonly image: CodeImage
  /** Lets the event loop run before each read: for reading all of it. */
  readonly unhurried: CodeImage
}

export function openRegisteredImage(build: Build, store: SegmentStore): RegisteredImage {
  const segments = new Map(build.segments.map((segment) => [segment.name, segment]))
  const opened = new Map<string, SegmentReader>()

  const open = (name: string) => {
    const known = opened.get(name)
    if (known !== undefined) return known
    const segment = segments.get(name)
    if (segment === undefined) throw new Error('a build has no such segment')
    const reader = store.open(segment.sha256, segment.length)
    opened.set(name, reader)
    return reader
  }
  return {
    build,
    image: { segments: build.segments, read: (name, offset, length) => open(name).read(offset, length) },
    unhurried: {
      segments: build.segments,
      read: async (name, offset, length) => {
        await setImmediate()
        return open(name).read(offset, length)
      },
    },
  }
}
