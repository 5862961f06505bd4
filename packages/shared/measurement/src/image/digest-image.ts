import { labelOf, lengthPrefixed, uint32, uint64, type Coverage } from '@assay/protocol'
import type { CodeImage, MeasurementCrypto } from '../ports/ports.ts'
import { coveredSegments } from '../plan/covered-segments.ts'
import { exactly } from '../ports/exactly.ts'

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

/**
 * Reads every covered byte. The seed comes before the data, so that no digest or mid-state stored earlier answers.
 *
 * @param seed 32 bytes: `epochSeed`, or `planSeed` of the plan received
 * @throws MeasurementError `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 */
export async function digestImage(
  image: CodeImage,
  coverage: Coverage,
  seed: Uint8Array,
  crypto: MeasurementCrypto,
): Promise<ImageDigest> {
  const segments: { name: string; digest: Uint8Array; length: number }[] = []
  for (const { name, length } of coveredSegments(image.segments, coverage)) {
    const head = [labelOf('seg'), seed, lengthPrefixed(name), uint64(length)]
    const read = async (at: number, count: number) => exactly(await image.read(name, at, count), count)
    const digest = await (crypto.sha256Read?.(head, read, length) ??
      crypto.sha256([...head, await read(0, length)]))
    segments.push({ name, length, digest })
  }
  const digests = segments.map(({ digest }) => digest)
  return {
    image: await crypto.sha256([labelOf('image'), seed, uint32(digests.length), ...digests]),
    segments,
  }
}
