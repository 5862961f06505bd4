import { encodeBase64url, labelOf, lengthPrefixed, uint64 } from '@assay/protocol'
import { coveredSegments } from '../plan/covered-segments.ts'
import type { MeasurementCrypto, Segment } from '../ports/ports.ts'

/** Bytes of a shape. */
const shapeLength = 8

/**
 * Shape of an image: the first 8 bytes of SHA-256 over the label `shape` and LP(name) ‖ u64 length of each segment, in
 * name order, as 11 base64url characters. It tells what a store has made of a build, and proves nothing. What a plan
 * may leave out is left out: other modules than `base`, and resources where there are scripts.
 *
 * @param abi of the installation; undefined: its build is not registered by ABI
 * @returns undefined for an image that no plan could cover
 */
export async function shapeOf(
  segments: readonly Segment[],
  abi: string | undefined,
  crypto: Pick<MeasurementCrypto, 'sha256'>,
): Promise<string | undefined> {
  const shaped = shapedSegments(segments, abi)
  if (shaped === undefined) return undefined
  const parts = shaped.flatMap(({ name, length }) => [lengthPrefixed(name), uint64(length)])
  const digest = await crypto.sha256([labelOf('shape'), ...parts])
  return encodeBase64url(digest.subarray(0, shapeLength))
}

function shapedSegments(segments: readonly Segment[], abi: string | undefined): Segment[] | undefined {
  const own = segments.filter(
    ({ name, kind }) => kind !== 'text' && (abi === undefined || name.startsWith('base/')),
  )
  const code = own.filter(({ kind }) => kind !== 'resource')
  try {
    return coveredSegments(code.length === 0 ? own : code, 'image')
  } catch {
    return undefined
  }
}
