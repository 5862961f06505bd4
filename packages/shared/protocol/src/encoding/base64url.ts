const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Value of each character; 0x40, which no value has, marks all others. */
const values = new Uint8Array(256).fill(0x40)
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i

/** Base64url without padding (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group =
      ((bytes[i] as number) << 16) |
      ((left > 1 ? (bytes[i + 1] as number) : 0) << 8) |
      (left > 2 ? (bytes[i + 2] as number) : 0)
    text += alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63)
    if (left > 1) text += alphabet.charAt((group >> 6) & 63)
    if (left > 2) text += alphabet.charAt(group & 63)
  }
  return text
}

/**
 * Strict base64url: no padding, no other alphabet, no white space, and unused bits zero, so that one sequence of
 * bytes has exactly one text. `undefined` for anything else.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const rest = text.length % 4
  if (rest === 1) return undefined
  const out = new Uint8Array(Math.floor((text.length * 3) / 4))
  const whole = text.length - rest
  let at = 0
  // Collected and looked at once, at the end: a refusal costs no more than an acceptance, and the loop stays short.
  let seen = 0
  for (let i = 0; i < whole; i += 4) {
    const a = valueAt(text, i)
    const b = valueAt(text, i + 1)
    const c = valueAt(text, i + 2)
    const d = valueAt(text, i + 3)
    seen |= a | b | c | d
    out[at] = (a << 2) | (b >> 4)
    out[at + 1] = (b << 4) | (c >> 2)
    out[at + 2] = (c << 6) | d
    at += 3
  }
  if (rest > 0) {
    const a = valueAt(text, whole)
    const b = valueAt(text, whole + 1)
    const c = rest === 3 ? valueAt(text, whole + 2) : 0
    seen |= a | b | c | unusedBits(rest === 3 ? c & 3 : b & 15)
    out[at] = (a << 2) | (b >> 4)
    if (rest === 3) out[at + 1] = (b << 4) | (c >> 2)
  }
  return (seen & 0x40) === 0 ? out : undefined
}

function valueAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code < 256 ? (values[code] as number) : 0x40
}

function unusedBits(bits: number): number {
  return bits === 0 ? 0 : 0x40
}

/** As {@link decodeBase64url}, and exactly `length` bytes. */
export function decodeBase64urlOfLength(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = decodeBase64url(text)
  return bytes?.length === length ? bytes : undefined
}
