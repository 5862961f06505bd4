import { alphabet } from './base64url-alphabet.ts'

/** The value of an invalid character; its bit marks a text as refused. */
const noValue = 64

/** Value of each character. */
const values = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? noValue : value
})

/**
 * Strict base64url: no padding, no other alphabet, no white space, and unused bits zero, so that one sequence of
 * bytes has exactly one text. `undefined` for anything else.
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

/** As {@link decodeBase64url}, and exactly `length` bytes. */
export function decodeBase64urlOfLength(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = decodeBase64url(text)
  return bytes?.length === length ? bytes : undefined
}

/**
 * As {@link decodeBase64url}, of the characters that the first `length` of `bytes` hold: what they stand for takes their
 * place. How many bytes that is, or `undefined` for anything that is not strict. A text costs no memory that way, and
 * no look at its characters one by one.
 */
export function decodeBase64urlInPlace(bytes: Uint8Array, length: number): number | undefined {
  let at = 0
  let seen = 0
  let i = 0
  for (; i + 3 < length; i += 4) {
    const a = valueAt(bytes, i)
    const b = valueAt(bytes, i + 1)
    const c = valueAt(bytes, i + 2)
    const d = valueAt(bytes, i + 3)
    seen |= a | b | c | d
    bytes[at++] = (a << 2) | (b >> 4)
    bytes[at++] = (b << 4) | (c >> 2)
    bytes[at++] = (c << 6) | d
  }
  // Of the last characters, fewer than four, some bits are unused.
  const rest = length - i
  if (rest === 1) return undefined
  let unused = 0
  if (rest > 1) {
    const a = valueAt(bytes, i)
    const b = valueAt(bytes, i + 1)
    const c = rest > 2 ? valueAt(bytes, i + 2) : 0
    seen |= a | b | c
    unused = rest > 2 ? c & 3 : b & 15
    bytes[at++] = (a << 2) | (b >> 4)
    if (rest > 2) bytes[at++] = (b << 4) | (c >> 2)
  }
  return seen < noValue && unused === 0 ? at : undefined
}

function valueAt(bytes: Uint8Array, index: number): number {
  return values[bytes[index] as number] as number
}
