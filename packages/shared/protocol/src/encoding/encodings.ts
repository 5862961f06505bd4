import { alphabet } from './base64url-alphabet.ts'
import { invalidArgument } from './invalid-argument.ts'

/**
 * UTF-8 (RFC 3629) without `TextEncoder`, which some engines of mobile apps lack.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a lone surrogate, which has no UTF-8 form; browsers use U+FFFD for it
 */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const characters = /[\u0080-\uffff]/.test(text) ? bytesAsCharacters(text) : text
  const out = new Uint8Array(characters.length)
  for (let i = 0; i < out.length; i++) out[i] = characters.charCodeAt(i)
  return out
}

/** One character for each byte of the UTF-8 form, which every engine can compute for URLs. */
function bytesAsCharacters(text: string): string {
  try {
    return unescape(encodeURIComponent(text))
  } catch {
    throw invalidArgument('lone surrogate')
  }
}

/** Base64url without padding (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let count = 0
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    for (count += 8; count > 5;) text += alphabet[(bits >> (count -= 6)) & 63] as string
  }
  return count > 0 ? text + (alphabet[(bits << (6 - count)) & 63] as string) : text
}

/** Like `decodeBase64url` and just as strict; slower, but less code for an app to ship. */
export function decodeBase64urlSlowly(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (const character of text) {
    bits = (bits << 6) | alphabet.indexOf(character)
    count += 6
    if (count > 7) bytes.push(bits >> (count -= 8))
  }
  const decoded = Uint8Array.from(bytes)
  // A text that is not strict does not round-trip: only one text encodes these bytes.
  return encodeBase64url(decoded) === text ? decoded : undefined
}
