import { addToDict, deepestNesting, PlistError, unread, type PlistValue } from './plist-value.ts'

const headerLength = 8
const trailerLength = 32

/**
 * Bytes of all objects, each counted as often as something refers to it. Objects may be shared, so that a few hundred
 * bytes can stand for more values than there is memory; what Xcode writes stands for some ten thousand bytes.
 */
const mostBytes = 1024 * 1024

/**
 * Reads a binary property list (`bplist00`). Every object lies between header and offset table, every reference is to
 * an object, keys are strings and stand once, and nothing but the trailer follows the table.
 *
 * @throws PlistError
 */
export function parseBinaryPlist(bytes: Buffer): PlistValue {
  return new BinaryPlist(bytes).read()
}

class BinaryPlist {
  readonly #bytes: Buffer
  readonly #offsetLength: number
  readonly #referenceLength: number
  readonly #count: number
  readonly #top: number
  /** Where the offset table starts, which is where the objects end. */
  readonly #table: number
  #left = mostBytes

  constructor(bytes: Buffer) {
    const trailer = bytes.length - trailerLength
    if (trailer < headerLength) throw new PlistError('the property list has no trailer')
    this.#bytes = bytes
    this.#offsetLength = integerAt(bytes, trailer + 6, 1)
    this.#referenceLength = integerAt(bytes, trailer + 7, 1)
    this.#count = integerAt(bytes, trailer + 8, 8)
    this.#top = integerAt(bytes, trailer + 16, 8)
    this.#table = integerAt(bytes, trailer + 24, 8)
    const lengthsFit = isLength(this.#offsetLength) && isLength(this.#referenceLength)
    const tableFits =
      this.#table >= headerLength && this.#table + this.#count * this.#offsetLength === trailer
    if (!lengthsFit || !tableFits) throw new PlistError('the trailer does not fit the property list')
  }

  read(): PlistValue {
    return this.#value(this.#top, 0)
  }

  #value(reference: number, depth: number): PlistValue {
    if (depth > deepestNesting) throw new PlistError('the property list is nested too deep')
    const start = this.#offsetOf(reference)
    const marker = this.#span(start, 1)[0] as number
    const low = marker & 0x0f
    switch (marker >> 4) {
      case 0x0:
        return booleanOf(low)
      case 0x1:
        return this.#skipScalar(start, low, 4)
      case 0x2:
        return this.#skipScalar(start, low, 3)
      case 0x3:
        if (low !== 3) throw new PlistError('a date has an unknown form')
        return this.#skipScalar(start, low, 3)
      case 0x4:
        return this.#sized(start, low, 1)
      case 0x5:
        return ascii(this.#sized(start, low, 1))
      case 0x6:
        return utf16(this.#sized(start, low, 2))
      case 0xa:
        return this.#values(this.#sized(start, low, this.#referenceLength), depth)
      case 0xd:
        return this.#dict(this.#sized(start, low, 2 * this.#referenceLength), depth)
      default:
        throw new PlistError('an object has an unknown type')
    }
  }

  #offsetOf(reference: number): number {
    if (reference >= this.#count) throw new PlistError('a reference points to no object')
    const offset = integerAt(this.#bytes, this.#table + reference * this.#offsetLength, this.#offsetLength)
    if (offset < headerLength) throw new PlistError('an object overlaps the header')
    return offset
  }

  /** Bytes of an object, all before the offset table. */
  #span(at: number, length: number): Buffer {
    if (at + length > this.#table) throw new PlistError('an object runs into the offset table')
    this.#left -= length
    if (this.#left < 0) throw new PlistError('the property list expands to too much')
    return this.#bytes.subarray(at, at + length)
  }

  /** A number or date of `2 ** power` bytes. */
  #skipScalar(start: number, power: number, greatest: number): typeof unread {
    if (power > greatest) throw new PlistError('a number has an unknown length')
    this.#span(start + 1, 2 ** power)
    return unread
  }

  /** What follows a marker that counts its elements; from 15 on the count is an integer of its own. */
  #sized(start: number, low: number, elementLength: number): Buffer {
    if (low < 0x0f) return this.#span(start + 1, low * elementLength)
    const marker = this.#span(start + 1, 1)[0] as number
    const length = 2 ** (marker & 0x0f)
    if (marker >> 4 !== 0x1 || length > 8) throw new PlistError('a count is not an integer')
    const count = integerAt(this.#span(start + 2, length), 0, length)
    return this.#span(start + 2 + length, count * elementLength)
  }

  #values(references: Buffer, depth: number): PlistValue[] {
    const values: PlistValue[] = []
    for (let at = 0; at < references.length; at += this.#referenceLength) {
      values.push(this.#value(integerAt(references, at, this.#referenceLength), depth + 1))
    }
    return values
  }

  #dict(references: Buffer, depth: number): Map<string, PlistValue> {
    const half = references.length / 2
    const keys = this.#values(references.subarray(0, half), depth)
    const values = this.#values(references.subarray(half), depth)
    const dict = new Map<string, PlistValue>()
    keys.forEach((key, index) => {
      if (typeof key !== 'string') throw new PlistError('a key is not a string')
      addToDict(dict, key, values[index] as PlistValue)
    })
    return dict
  }
}

const isLength = (length: number): boolean => length >= 1 && length <= 8

/** Big-endian. From 2^53 on it is not exact, and greater than every bound here. */
function integerAt(bytes: Buffer, at: number, length: number): number {
  let value = 0
  for (const byte of bytes.subarray(at, at + length)) value = value * 256 + byte
  return value
}

function booleanOf(low: number): boolean {
  if (low !== 8 && low !== 9) throw new PlistError('an object has an unknown type')
  return low === 9
}

function ascii(bytes: Buffer): string {
  if (bytes.some((byte) => byte > 0x7f)) throw new PlistError('a string is not ASCII')
  return bytes.toString('latin1')
}

function utf16(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new PlistError('a string is not UTF-16', { cause })
  }
}
