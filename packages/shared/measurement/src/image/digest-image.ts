import { imageLabel, segmentLabel, lengthPrefixed, uint32, uint64, type Coverage } from '@assay/protocol'
import { inTime, type Work } from '../drive.ts'
import type { CodeImage, MeasurementCrypto, Segment } from '../ports.ts'
import { coveredSegments } from './covered-segments.ts'
import { exactly } from './exactly.ts'

/** Whole-code digest of an image under one seed. Neither value is ever sent or logged. */
export interface ImageDigest {
  /** E: 32 bytes over all covered segments. */
  readonly image: Uint8Array
  /** The covered segments in name order, each with its D (32 bytes) and its length in bytes. */
  readonly segments: readonly {
    readonly name: string
    readonly digest: Uint8Array
    readonly length: number
  }[]
}

/** Bytes read at a time where the digest can be fed piece by piece. */
const chunkLength = 1 << 20

/**
 * Reads every covered byte. The seed comes before the data, so that no digest or mid-state stored earlier answers.
 *
 * @param seed 32 bytes: `epochSeed`, or `planSeed` of the plan received
 * @throws MeasurementError `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 */
export function digestImage(
  image: CodeImage,
  coverage: Coverage,
  seed: Uint8Array,
  crypto: MeasurementCrypto,
): Promise<ImageDigest> {
  return inTime(digestOf(image, coverage, seed, crypto))
}

function* digestOf(
  image: CodeImage,
  coverage: Coverage,
  seed: Uint8Array,
  crypto: MeasurementCrypto,
): Work<ImageDigest> {
  const segments: { name: string; digest: Uint8Array; length: number }[] = []
  for (const segment of coveredSegments(image.segments, coverage)) {
    const { name, length } = segment
    segments.push({ name, length, digest: yield* digestOfSegment(image, segment, seed, crypto) })
  }
  const digests = segments.map((segment) => segment.digest)
  return { image: yield crypto.sha256([imageLabel, seed, uint32(digests.length), ...digests]), segments }
}

function* digestOfSegment(
  image: CodeImage,
  segment: Segment,
  seed: Uint8Array,
  crypto: MeasurementCrypto,
): Work<Uint8Array> {
  const { name, length } = segment
  const head = [segmentLabel, seed, lengthPrefixed(name), uint64(length)]
  const hash = crypto.createSha256?.()
  if (hash === undefined)
    return yield crypto.sha256([...head, exactly(yield image.read(name, 0, length), length)])
  for (const part of head) hash.update(part)
  for (let at = 0; at < length; at += chunkLength) {
    const chunk = Math.min(chunkLength, length - at)
    hash.update(exactly(yield image.read(name, at, chunk), chunk))
  }
  return hash.digest()
}
