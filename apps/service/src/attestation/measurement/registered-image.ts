import { setImmediate } from 'node:timers/promises'
import type { Build } from '@assay/protocol'
import type { CodeImage } from '@assay/measurement'
import { BlobError, type BlobReader, type BlobStore } from '../../storage/index.ts'

/** The code image of a registered build, over its blobs. */
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

export function openRegisteredImage(build: Build, blobs: BlobStore): RegisteredImage {
  const segments = new Map(build.segments.map((segment) => [segment.name, segment]))
  const opened = new Map<string, BlobReader>()

  const open = (name: string) => {
    const known = opened.get(name)
    if (known !== undefined) return known
    const segment = segments.get(name)
    if (segment === undefined) throw new BlobError('STORAGE_BLOB_MISSING', 'a build has no such segment')
    const blob = blobs.open(segment.sha256, segment.length)
    opened.set(name, blob)
    return blob
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
