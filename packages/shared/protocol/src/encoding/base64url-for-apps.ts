import { alphabet, encodeBase64url } from './base64url.ts'

/** As `decodeBase64url`: many times slower, and less for an app to ship. */
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
  // A text that is not strict does not come back: no other character, no other end encodes these bytes.
  return encodeBase64url(decoded) === text ? decoded : undefined
}
