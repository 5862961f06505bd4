/** Crockford's Base32 (https://www.crockford.com/base32.html), by value: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Bytes of randomness in a trace id. */
export const traceIdBytes = 10
/** Characters in which they are written, 5 bits each; one check character follows. */
const drawnCharacters = 16

/** Value of a character that is not of the alphabet; its bit marks a text as refused. */
const noValue = 32
const values = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? noValue : value
})

/** Times α in GF(2⁵) = GF(2)[α]/(α⁵ + α² + 1). */
const timesAlpha = (value: number): number => (value << 1) ^ (value & 16 ? 37 : 0)

/**
 * A trace id: 80 random bits as 16 characters of Crockford's Base32, and a check character. It identifies one exchange to
 * the operator and reveals nothing to anybody else.
 *
 * The check character is Σ α^(17 - i) · xᵢ over GF(2⁵), for characters x₁ to x₁₆: the check digit of the totally
 * anti-symmetric quasigroup x * y = αx + y (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004). It shows any one
 * wrong character and any two neighbours that changed places. Crockford's own, modulo 37, needs `*`, `~`, `$`, `=`, which
 * shells interpret.
 *
 * @param drawn 10 random bytes
 */
export function traceIdOf(drawn: Uint8Array): string {
  let id = ''
  let check = 0
  let held = 0
  let bits = 0
  for (let i = 0; i < traceIdBytes; i++) {
    held = ((held & 31) << 8) | (drawn[i] as number)
    for (bits += 8; bits >= 5; bits -= 5) {
      const value = (held >> (bits - 5)) & 31
      id += alphabet[value]
      check = timesAlpha(check ^ value)
    }
  }
  return id + alphabet[check]
}

/** 22 base64url characters, the first a letter: the trace ids of services before 0.1.0. */
const formerPattern = /^[A-Za-z][A-Za-z0-9_-]{21}$/

/** Maximum number of characters of a trace id as a person writes it. */
export const longestTraceText = 64

/** Characters of a text to search in: a paragraph that a user wrote. */
export const longestSearch = 2_000

const betweenCharacters = /[\s.\u00ad\u2010-\u2015-]+/g

/**
 * The trace id that a person wrote or said: in any case, with spaces, hyphens and dots anywhere, I or L for 1, and O for 0.
 * One of the former kind is itself. Undefined: it is none, or a character of it is wrong.
 */
export function readTraceId(text: string): string | undefined {
  if (text.length > longestTraceText) return undefined
  const trimmed = text.trim()
  if (formerPattern.test(trimmed)) return trimmed
  const id = trimmed.replace(betweenCharacters, '').toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0')
  if (id.length !== drawnCharacters + 1) return undefined
  let check = 0
  let refused = 0
  for (let i = 0; i < drawnCharacters; i++) {
    const value = valueOf(id, i)
    refused |= value
    check = timesAlpha(check ^ (value & 31))
  }
  return refused < noValue && valueOf(id, drawnCharacters) === check ? id : undefined
}

const valueOf = (text: string, at: number): number => values[text.charCodeAt(at)] ?? noValue

/** In groups of four, for a person who reads it out; one of the former kind as it is. */
export const traceInGroups = (id: string): string =>
  id.length === drawnCharacters + 1 ? id.replace(/.{4}/g, '$& ') : id
