import { noValue, values } from './base64url-values.ts'

/**
 * Like `decodeBase64url`, for the characters in the first `length` of `bytes`: the decoded bytes replace them. Returns
 * their number, or `undefined` for anything that is not strict. This way a text costs no memory, and its characters are
 * not examined one by one.
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
  // Some bits of the last group, of fewer than four characters, are unused.
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
