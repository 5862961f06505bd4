import { setImmediate } from 'node:timers/promises'
import { buildImages, type SegmentSummary } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { coveredSegments, type CodeImage, type Eventually, type Segment } from '@assay/measurement'
import { readsIntoScratch } from '../speed/reads-into-scratch.ts'

/** Where segments of registered builds are stored, each under the SHA-256 of its bytes. */
export interface SegmentStore {
  /**
   * @throws a malfunction, here or at the first reading, if the segment is missing or does not have exactly `length`
   * bytes
   */
  open(sha256: string, length: number): SegmentReader
}

interface SegmentReader {
  /**
   * Exactly `length` bytes from `offset`; both must lie inside the segment.
   *
   * @param into buffer of `length` bytes for a synchronous answer; by default a new buffer
   */
  read(offset: number, length: number, into?: Buffer): Eventually<Uint8Array>
}

/**
 * The code image of a registered build, over its segments; for a build registered by ABI, as devices with that ABI
 * have it.
 */
export interface RegisteredImage {
  readonly build: Build
  /**
   * Answers synchronously if the bytes are on this node: for the few reads of an attestation. It reads exactly the
   * requested bytes, whatever the size of the image; keeping pages would favour small images, and reading whole pages
   * would cost more than it saves. An answer is valid until the next call.
   */
  readonly image: CodeImage
  /** Lets the event loop run before each read: for reading the whole image. */
  readonly unhurried: CodeImage
  /** The segments that a plan of the build covers, in name order. */
  readonly covered: readonly Segment[]
  /** The modules that a plan names; undefined: all. */
  readonly modules: readonly string[] | undefined
  /** The second image, read like the first; undefined: the build has none. */
  readonly text:
    | { readonly image: CodeImage; readonly unhurried: CodeImage; readonly covered: readonly Segment[] }
    | undefined
}

export function openRegisteredImage(
  build: Build,
  abi: string | undefined,
  store: SegmentStore,
): RegisteredImage {
  const images = buildImages(build, abi)
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
  const readNow = readsIntoScratch()
  const over = (of: readonly SegmentSummary[]) => ({
    image: {
      segments: of,
      read: (name, offset, length) => readNow(open(name), offset, length),
    } satisfies CodeImage,
    unhurried: {
      segments: of,
      read: async (name, offset, length) => {
        await setImmediate()
        return open(name).read(offset, length)
      },
    } satisfies CodeImage,
  })
  return {
    build,
    modules: images.modules,
    ...over(images.segments),
    covered: coveredSegments(images.segments, build.coverage),
    text: images.text && { ...over(images.text), covered: coveredSegments(images.text, 'image') },
  }
}
