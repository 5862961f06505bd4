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
