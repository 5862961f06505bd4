import { setImmediate } from 'node:timers/promises'
import { buildImages, type Build, type SegmentSummary } from '@assay/protocol'
import { coveredSegments, type CodeImage, type Eventually, type Segment } from '@assay/measurement'
import { readsIntoScratch } from '../speed/reads-into-scratch.ts'

/** Where segments of registered builds lie, each under the SHA-256 of its bytes. */
export interface SegmentStore {
  /**
   * @throws whatever is a malfunction when the segment is missing, or has not exactly `length` bytes, here or at the first
   * reading
   */
  open(sha256: string, length: number): SegmentReader
}

interface SegmentReader {
  /**
   * Exactly `length` bytes from `offset`; both must lie inside the segment.
   *
   * @param into where an answer at once is put, which has `length` bytes; by default a new buffer
   */
  read(offset: number, length: number, into?: Buffer): Eventually<Uint8Array>
}

/** The code image of a registered build, over its segments; of one that is registered by ABI, as devices of that ABI have it. */
export interface RegisteredImage {
  readonly build: Build
  /**
   * Answers at once where the bytes lie on this node: for the few reads of an attestation. Exactly the bytes that are asked for are read, whatever the
   * size of the image; to keep pages would favour small ones, and to read whole pages would cost more than it saves. What it gave is valid until it is
   * asked again.
   */
  readonly image: CodeImage
  /** Lets the event loop run before each read: for reading all of it. */
  readonly unhurried: CodeImage
  /** The segments that a plan of the build covers, in name order. */
  readonly covered: readonly Segment[]
  /** Of the modules that a plan names; undefined: all. */
  readonly modules: readonly string[] | undefined
  /** The second image, read as the first; undefined: the build has none. */
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
