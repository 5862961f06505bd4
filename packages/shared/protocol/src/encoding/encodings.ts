import { alphabet } from './base64url.ts'
import { invalidArgument } from './invalid-argument.ts'

/** The SDK imports it from here: in browsers it takes less code. Everything else imports it from the main entry. */
export { decodeBase64url } from './base64url.ts'

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
