import { encodeBase64url } from '@assay/protocol'
import type { Random } from './ports.ts'

/**
 * A random id in base64url that starts with a letter: on a command line one that starts with `-` is treated as an
 * option. One bit of the drawn bytes goes for it.
 */
export function randomId(random: Random, bytes: number): string {
  const drawn = Uint8Array.from(random(bytes))
  drawn[0] = (drawn[0] as number) & 0x7f
  return encodeBase64url(drawn)
}
