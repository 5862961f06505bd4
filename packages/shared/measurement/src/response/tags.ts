import { labelOf, utf8 } from '@assay/protocol'
import type { Work } from '../ports/drive.ts'
import type { ImageDigest } from '../image/digest-image.ts'
import type { ShownFunctions } from '../live/show-functions.ts'
import type { MeasurementCrypto } from '../ports/ports.ts'

/** Shows whether one segment, or one live function under `live:` and its name, is as registered; 8 bytes. */
export interface Tag {
  name: string
  tag: Uint8Array
}

/**
 * HMAC(D, label ‖ challenge) truncated to 8 bytes for each covered segment in name order, followed by the same with the
 * digest of each shown function. Tags show the operator what differs; they decide nothing.
 */
export function* tagsOf(
  digest: ImageDigest,
  shown: ShownFunctions,
  challenge: Uint8Array,
  crypto: MeasurementCrypto,
): Work<Tag[]> {
  const live =
    shown === 'absent'
      ? []
      : Object.keys(shown).map((name) => ({ name: `live:${name}`, digest: shown[name] as Uint8Array }))
  const tags: Tag[] = []
  // Bytes that names and tags may take up in client data, as JSON; what does not fit gets no tag.
  let left = 24_576
  for (const { name, digest: key } of [...digest.segments, ...live]) {
    // Besides the quoted name: colon, comma, quotes and eleven base64url characters.
    left -= utf8(JSON.stringify(name)).length + 15
    if (left < 0) break
    const mac = yield crypto.hmacSha256(key, [labelOf('tag'), challenge])
    tags.push({ name, tag: mac.slice(0, 8) })
  }
  return tags
}
