/** The 64 characters of base64url (RFC 4648 section 5), by value. */
export const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The value of an invalid character; its bit marks a text as refused. */
const noValue = 64

/** Value of each character. */
const values = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? noValue : value
})

/**
 * Strict base64url: no padding, no other alphabet, no white space, and unused bits zero, so that each byte sequence has
 * exactly one text. `undefined` for anything else.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const { length } = text
  const out = new Uint8Array((length * 3) >> 2)
  let bits = 0
  let at = 0
  // Collected and checked once, at the end: a refusal costs no more than an acceptance, and the loop stays short.
  let seen = 0
  for (let i = 0; i < length; i++) {
    const value = values[text.charCodeAt(i)] ?? noValue
    seen |= value
    bits = (bits << 6) | value
    const place = i & 3
    if (place > 0) out[at++] = bits >> (6 - 2 * place)
  }
  const rest = length & 3
  const unused = rest === 2 ? 15 : rest && 3
  return rest !== 1 && seen < noValue && (bits & unused) === 0 ? out : undefined
}

/** Like {@link decodeBase64url}, but exactly `length` bytes. */
export function decodeBase64urlOfLength(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = decodeBase64url(text)
  return bytes?.length === length ? bytes : undefined
}
