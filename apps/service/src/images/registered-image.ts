import { setImmediate } from 'node:timers/promises'
import type { Build } from '@assay/protocol'
import type { CodeImage } from '@assay/measurement'
import { BlobError, type BlobReader, type BlobStore } from '../storage/index.ts'

/** The code image of a registered build, over its blobs. */
export interface RegisteredImage {
  readonly build: Build
  /** Answers at once: for the few reads of an attestation. */
  readonly image: CodeImage
  /** Lets the event loop run before each read: for reading all of it. */
  readonly unhurried: CodeImage
}

export function openRegisteredImage(build: Build, blobs: BlobStore): RegisteredImage {
  const readers = new Map<string, BlobReader>()
  const lengths = new Map(build.segments.map((segment) => [segment.name, segment]))

  const read = (name: string, offset: number, length: number): Buffer => {
    let reader = readers.get(name)
    if (reader === undefined) {
      const segment = lengths.get(name)
      if (segment === undefined) throw new BlobError('STORAGE_BLOB_MISSING', 'a build has no such segment')
      reader = blobs.open(segment.sha256, segment.length)
      readers.set(name, reader)
    }
    return reader.read(offset, length)
  }
  return {
    build,
    image: { segments: build.segments, read },
    unhurried: {
      segments: build.segments,
      read: async (name, offset, length) => {
        await setImmediate()
        return read(name, offset, length)
      },
    },
  }
}
