/**
 * UTF-8 (RFC 3629) without `TextEncoder`, which some engines of mobile apps lack.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a lone surrogate, which has no UTF-8 form.
 */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return ascii(text) ?? encode(text)
}

/** Most text of the protocol: one byte for each character. `undefined` where there is another one. */
function ascii(text: string): Uint8Array<ArrayBuffer> | undefined {
  const out = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) return undefined
    out[i] = code
  }
  return out
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(text.length * 3)
  let at = 0
  for (const character of text) {
    const point = character.codePointAt(0) as number
    if (point >= 0xd800 && point <= 0xdfff) throw loneSurrogate()
    if (point < 0x80) {
      out[at++] = point
      continue
    }
    if (point < 0x800) {
      out[at++] = 0xc0 | (point >> 6)
    } else if (point < 0x10000) {
      out[at++] = 0xe0 | (point >> 12)
      out[at++] = 0x80 | ((point >> 6) & 0x3f)
    } else {
      out[at++] = 0xf0 | (point >> 18)
      out[at++] = 0x80 | ((point >> 12) & 0x3f)
      out[at++] = 0x80 | ((point >> 6) & 0x3f)
    }
    out[at++] = 0x80 | (point & 0x3f)
  }
  return out.slice(0, at)
}

function loneSurrogate(): TypeError {
  return Object.assign(new TypeError('text holds a lone surrogate'), { code: 'ERR_INVALID_ARG_VALUE' })
}

/** The shortest sequence length that may start with each lead byte, and the smallest point it may carry. */
function sequence(lead: number): { rest: number; bits: number; least: number } | undefined {
  if (lead < 0x80) return { rest: 0, bits: lead, least: 0 }
  if (lead >= 0xc2 && lead < 0xe0) return { rest: 1, bits: lead & 0x1f, least: 0x80 }
  if (lead >= 0xe0 && lead < 0xf0) return { rest: 2, bits: lead & 0x0f, least: 0x800 }
  if (lead >= 0xf0 && lead < 0xf5) return { rest: 3, bits: lead & 0x07, least: 0x10000 }
  return undefined
}

/** The text that `bytes` encode, or `undefined` unless they are well-formed UTF-8 to the last byte. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isAscii(bytes) ? fromAscii(bytes) : decode(bytes)
}

function isAscii(bytes: Uint8Array): boolean {
  let seen = 0
  for (let i = 0; i < bytes.length; i++) seen |= bytes[i] as number
  return seen < 0x80
}

/** In pieces, because each byte becomes an argument and engines bound their number. */
function fromAscii(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 4096) as unknown as number[])
  }
  return text
}

function decode(bytes: Uint8Array): string | undefined {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const first = sequence(bytes[at++] as number)
    if (first === undefined || at + first.rest > bytes.length) return undefined
    let point = first.bits
    for (let i = 0; i < first.rest; i++) {
      const next = bytes[at++] as number
      if ((next & 0xc0) !== 0x80) return undefined
      point = (point << 6) | (next & 0x3f)
    }
    if (point < first.least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}
