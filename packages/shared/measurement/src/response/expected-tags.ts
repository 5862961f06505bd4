import { atOnce } from '../ports/drive.ts'
import type { ImageDigest } from '../image/digest-image.ts'
import type { ShownFunctions } from '../live/show-functions.ts'
import type { MeasurementCrypto } from '../ports/ports.ts'
import { tagsOf, type Tag } from './tags.ts'

/** The Verifier's side of tags: computed only if a response differs, over a synchronous crypto port. */
export function expectedTags(
  digest: ImageDigest,
  challenge: Uint8Array,
  crypto: MeasurementCrypto,
  shown: ShownFunctions = 'absent',
): Tag[] {
  return atOnce(tagsOf(digest, shown, challenge, crypto))
}
