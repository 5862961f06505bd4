import { Transform, type TransformCallback } from 'node:stream'

/** Stands in place of a secret. As long as no secret is: at least one byte shorter. */
const replacement = Buffer.from('[gone]')
const backslash = 0x5c

/**
 * Replaces every occurrence of the secrets in a body, also across the borders of its pieces: as they are, and with any of
 * their characters escaped as writers of JSON do (`\u003d`, `\/`, `\"`). What may be the beginning of one is held back until the
 * next piece, and no more than that. Its time is linear in the length of the body, whatever the upstream sends.
 */
export function createStrip(spellings: readonly string[]): Transform {
  const needles = [...new Set(spellings)].map((spelling) => needleOf(Buffer.from(spelling)))
  let held: Buffer = Buffer.alloc(0)
  const pass = (to: Transform, piece: Buffer, isLast: boolean) => {
    const text = held.length === 0 ? piece : Buffer.concat([held, piece])
    const { found, end } = search(text, needles, isLast)
    let from = 0
    for (const { start, stop } of found) {
      if (start > from) to.push(text.subarray(from, start))
      to.push(replacement)
      from = stop
    }
    if (end > from) to.push(text.subarray(from, end))
    held = Buffer.from(text.subarray(Math.max(from, end)))
  }
  return new Transform({
    transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      pass(this, piece, false)
      done()
    },
    flush(done: TransformCallback) {
      pass(this, Buffer.alloc(0), true)
      done()
    },
  })
}

/** A text that is looked for by Knuth, Morris and Pratt: no byte is looked at twice. */
interface Needle {
  readonly bytes: Buffer
  /** Of each beginning, the length of the longest shorter one that ends it. */
  readonly fallback: Int32Array
}

function needleOf(bytes: Buffer): Needle {
  const fallback = new Int32Array(bytes.length + 1)
  for (let at = 1, length = 0; at < bytes.length; at += 1) {
    while (length > 0 && bytes[at] !== bytes[length]) length = fallback[length] as number
    if (bytes[at] === bytes[length]) length += 1
    fallback[at + 1] = length
  }
  return { bytes, fallback }
}

interface Place {
  readonly start: number
  readonly stop: number
}

/** Where the needles are, in order and apart from each other, and where what may begin one begins. */
function search(text: Buffer, needles: readonly Needle[], isLast: boolean): { found: Place[]; end: number } {
  const characters = text.includes(backslash) ? unescaped(text, isLast) : undefined
  const places: Place[] = []
  let end = characters?.end ?? text.length
  for (const needle of needles) {
    end = Math.min(end, find(text, undefined, text.length, needle, places))
    if (characters !== undefined)
      end = Math.min(end, find(characters.codes, characters.starts, characters.count, needle, places))
  }
  places.sort((one, other) => one.start - other.start || other.stop - one.stop)
  const found: Place[] = []
  for (const place of places) {
    const last = found.at(-1)
    if (last !== undefined && place.start < last.stop) {
      // They overlap: one place for both, so that nothing of either is left.
      found[found.length - 1] = { start: last.start, stop: Math.max(last.stop, place.stop) }
    } else found.push(place)
  }
  return { found, end: isLast ? text.length : end }
}

/**
 * Adds the places of a needle. `starts` says at which byte each code begins; undefined: each is a byte.
 *
 * @returns where what may begin the needle at the end of the text begins
 */
function find(
  codes: Uint8Array | Uint16Array,
  starts: Int32Array | undefined,
  count: number,
  { bytes, fallback }: Needle,
  places: Place[],
): number {
  const startOf = (at: number) => (starts === undefined ? at : (starts[at] as number))
  const { length } = bytes
  let matched = 0
  for (let at = 0; at < count; at += 1) {
    const code = codes[at]
    while (matched > 0 && code !== bytes[matched]) matched = fallback[matched] as number
    if (code === bytes[matched]) matched += 1
    if (matched < length) continue
    places.push({ start: startOf(at + 1 - length), stop: startOf(at + 1) })
    matched = fallback[matched] as number
  }
  return startOf(count - matched)
}

interface Unescaped {
  /** UTF-16 code units of escapes, and other bytes as they are. */
  readonly codes: Uint16Array
  readonly starts: Int32Array
  readonly count: number
  /** Where an escape begins whose rest is still to come, or the text ends. */
  readonly end: number
}

/** One level of the escapes of JSON (RFC 8259, section 7) taken away. */
function unescaped(text: Buffer, isLast: boolean): Unescaped {
  const codes = new Uint16Array(text.length + 1)
  const starts = new Int32Array(text.length + 1)
  let count = 0
  let at = 0
  while (at < text.length) {
    starts[count] = at
    const byte = text[at] as number
    if (byte !== backslash) {
      codes[count++] = byte
      at += 1
      continue
    }
    const kind = text[at + 1]
    const length = kind === 0x75 ? 6 : 2
    if (kind === undefined || (kind === 0x75 && at + 6 > text.length && !isLast)) break
    const code = kind === 0x75 ? hexadecimal(text, at + 2) : kind
    codes[count++] = code ?? byte
    at += code === undefined ? 1 : length
  }
  starts[count] = at
  return { codes, starts, count, end: isLast ? text.length : at }
}

/** Four digits; undefined: they are none. */
function hexadecimal(text: Buffer, from: number): number | undefined {
  let value = 0
  for (let at = from; at < from + 4; at += 1) {
    const byte = text[at] ?? 0
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
          ? (byte | 0x20) - 0x57
          : -1
    if (digit < 0) return undefined
    value = value * 16 + digit
  }
  return value
}
