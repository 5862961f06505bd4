import { exactly } from '../ports/exactly.ts'
import { MeasurementError } from '../errors/measurement-error.ts'
import type { CodeImage, MeasurementCrypto } from '../ports/ports.ts'
import type { SdkManifest } from './manifest.ts'

const longestSlice = 65_536

/**
 * SHA-256 of the registered text of every live function, which an engine that shows source must show. Computed once per
 * build.
 *
 * @throws MeasurementError `MANIFEST_SLICE` if a slice is empty, too long or not inside a segment of the image
 */
export async function sliceDigests(
  manifest: SdkManifest,
  image: CodeImage,
  crypto: MeasurementCrypto,
): Promise<Record<string, Uint8Array>> {
  const digests: [string, Uint8Array][] = []
  for (const [name, { segment, offset, length }] of Object.entries(manifest.functions)) {
    const whole = image.segments.find((candidate) => candidate.name === segment)
    if (whole === undefined || length === 0 || length > longestSlice || offset + length > whole.length) {
      throw new MeasurementError('MANIFEST_SLICE')
    }
    const text = exactly(await image.read(segment, offset, length), length)
    digests.push([name, await crypto.sha256([text])])
  }
  return Object.fromEntries(digests)
}
