import { encodeBase64url } from '@assay/protocol'
import type { Random } from './ports.ts'

const poolSize = 4096

/**
 * Cuts randomness into small pieces from a larger block: asking the system costs as much for 16 bytes as for a page.
 * Pieces never overlap, and no copy of a piece is kept here.
 */
export function createPooledRandom(random: Random): Random {
  let pool = new Uint8Array(0)
  let used = 0
  return (length) => {
    if (length > poolSize) return random(length)
    if (used + length > pool.length) {
      pool = Uint8Array.from(random(poolSize))
      used = 0
    }
    const piece = pool.slice(used, used + length)
    pool.fill(0, used, used + length)
    used += length
    return piece
  }
}

/**
 * A random id in base64url that starts with a letter: on a command line, one that starts with `-` is treated as an
 * option. This costs one bit of the drawn bytes.
 */
export function randomId(random: Random, bytes: number): string {
  const drawn = Uint8Array.from(random(bytes))
  drawn[0] = (drawn[0] as number) & 0x7f
  return encodeBase64url(drawn)
}
