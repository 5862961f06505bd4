import type { ImageDigest, Segment } from '@assay/measurement'
import type { RegisteredImage } from './registered-image.ts'

/** The whole-code digests of a build in an epoch, one for each of its images. */
export interface BuildDigests {
  readonly image: ImageDigest
  /** Undefined: the build has no second image. */
  readonly text: ImageDigest | undefined
}

/**
 * The same without names and lengths, which the registered image has. The text is Latin-1, a character for each byte: a
 * small buffer would keep the whole pool of its neighbours in memory, kilobytes for a build.
 */
export interface PackedDigests {
  /** For each image: its digest, then those of its covered segments, in order. */
  readonly text: string
}

const digestLength = 32

export function packed({ image, text }: BuildDigests): PackedDigests {
  const all = [image, ...(text === undefined ? [] : [text])].flatMap((each) => [
    each.image,
    ...each.segments.map(({ digest }) => digest),
  ])
  return { text: Buffer.concat(all).toString('latin1') }
}

/** @param of the image whose digests were packed */
export function unpacked(kept: PackedDigests, { covered, text }: RegisteredImage): BuildDigests {
  const bytes = Buffer.from(kept.text, 'latin1')
  let at = 0
  const next = () => bytes.subarray(at, (at += digestLength))
  const read = (segments: readonly Segment[]): ImageDigest => ({
    image: next(),
    segments: segments.map(({ name, length }) => ({ name, length, digest: next() })),
  })
  return {
    image: read(covered),
    text: text && read(text.covered),
  }
}
