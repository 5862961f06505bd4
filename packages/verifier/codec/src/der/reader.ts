import { CodecError } from '../errors/codec-error.ts'
import type { CodecErrorCode } from '../errors/codec-error.ts'
import { decodeBigInteger, decodeSafeInteger, unsignedMagnitude } from './integer.ts'
import { decodeOid } from './oid.ts'
import { decodeString, isStringTag } from './string.ts'
import { asn1Tag, isConstructed, maxTagNumber } from './tags.ts'
import { decodeGeneralizedTime, decodeUtcTime } from './time.ts'

export interface DerReaderOptions {
  /**
   * `der` (the default) accepts one encoding per value. `ber` also accepts lengths that are indefinite or not minimal,
   * padded INTEGERs, any non-zero octet as BOOLEAN true, and OCTET STRINGs in segments: for CMS, and for certificates
   * that the field carries although they are not DER.
   */
  readonly encoding?: 'der' | 'ber'
  /** How deep elements may be nested; 24 by default. */
  readonly maxDepth?: number
  /**
   * How many elements may be read, including nested ones and those read a second time; 8,192 by default.
   */
  readonly maxElements?: number
}

/** A BIT STRING: whole octets; the last `unusedBits` bits do not count. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

const defaultMaxDepth = 24
/** A chain of real certificates has a few hundred. */
const defaultMaxElements = 8192

const constructedOctetString = asn1Tag.octetString | 0x20

/**
 * Reads a run of elements from front to back. It walks the given bytes and copies none of them: what it returns as
 * bytes are views. It carries no schema; the caller asks for the element that must come next, and every method that
 * finds another throws. Close a structure with `end()`, which refuses what the schema did not expect.
 *
 * All methods throw `CodecError`: DER_TRUNCATED, DER_LENGTH and DER_TAG for malformed headers, DER_TAG for another
 * element than asked for, DER_VALUE for malformed content, DER_DEPTH and DER_COUNT for more than the reader accepts.
 */
export class DerReader {
  readonly bytes: Uint8Array
  private position: number
  private limit: number
  private depthLeft: number
  // Shared by a reader and all readers that it has made: otherwise indefinite contents would be walked once for each
  // level.
  private budget: { elements: number }
  private ber: boolean
  // The last header read.
  private tag = 0
  private start = 0
  private contentStart = 0
  private contentEnd = 0

  constructor(bytes: Uint8Array, options: DerReaderOptions = {}) {
    this.bytes = bytes
    this.position = 0
    this.limit = bytes.length
    this.depthLeft = options.maxDepth ?? defaultMaxDepth
    this.budget = { elements: options.maxElements ?? defaultMaxElements }
    this.ber = options.encoding === 'ber'
  }

  /** Whether no element is left. */
  get atEnd(): boolean {
    return this.position >= this.limit
  }

  /** The tag of the next element, or undefined at the end. Consumes nothing. */
  peekTag(): number | undefined {
    if (this.position >= this.limit) return undefined
    const octet = this.bytes[this.position] as number
    return (octet & 0x1f) === 0x1f ? this.readLongTag(octet, this.position + 1).tag : octet
  }

  /** @throws CodecError DER_TRAILING if an element, or anything else, is left. */
  end(): void {
    if (this.position < this.limit) fail('DER_TRAILING', 'bytes follow the last expected element')
  }

  /** Consumes the next element, which must have this tag, and returns a reader of the elements inside. */
  enter(tag: number = asn1Tag.sequence): DerReader {
    this.expect(tag)
    return this.descend(this.contentStart, this.contentEnd)
  }

  /** As `enter`, or undefined (and nothing consumed) if the next element has another tag or there is none. */
  enterOptional(tag: number): DerReader | undefined {
    return this.peekTag() === tag ? this.enter(tag) : undefined
  }

  /** Consumes an OCTET STRING and returns a reader of the elements encoded inside. */
  enterOctetString(): DerReader {
    this.expect(asn1Tag.octetString)
    return this.descend(this.contentStart, this.contentEnd)
  }

  /** Consumes the next element, of any tag or of this one, and returns its whole encoding, header included. */
  readElement(tag?: number): Uint8Array {
    if (tag === undefined) this.readHeader()
    else this.expect(tag)
    return this.bytes.subarray(this.start, this.position)
  }

  /** Consumes the next element, which must have this tag, and returns its content octets. */
  readContent(tag: number): Uint8Array {
    this.expect(tag)
    return this.bytes.subarray(this.contentStart, this.contentEnd)
  }

  /** Consumes the next element, of any tag, and returns its tag. */
  skip(): number {
    this.readHeader()
    return this.tag
  }

  /** An INTEGER (or its equivalent under an implicit tag) from -(2^53 - 1) to 2^53 - 1. */
  readInteger(tag: number = asn1Tag.integer): number {
    return decodeSafeInteger(this.readIntegerContent(tag))
  }

  /** An INTEGER of any size. */
  readBigInteger(tag: number = asn1Tag.integer): bigint {
    return decodeBigInteger(this.readIntegerContent(tag))
  }

  /** The magnitude of a non-negative INTEGER, big-endian, without leading zeros: empty for zero. */
  readUnsigned(tag: number = asn1Tag.integer): Uint8Array {
    return unsignedMagnitude(this.readIntegerContent(tag))
  }

  /** The content octets of an INTEGER: two's complement, big-endian, at least one octet. */
  readIntegerContent(tag: number = asn1Tag.integer): Uint8Array {
    const content = this.readContent(tag)
    if (content.length === 0) fail('DER_VALUE', 'an INTEGER is empty')
    if (!this.ber && content.length > 1 && isPadded(content)) fail('DER_VALUE', 'an INTEGER is not minimal')
    return content
  }

  /** An ENUMERATED. */
  readEnumerated(): number {
    return this.readInteger(asn1Tag.enumerated)
  }

  /** A BOOLEAN. DER writes true as FF; `any-non-zero` is for issuers in the field that write something else. */
  readBoolean(truth: 'der' | 'any-non-zero' = 'der'): boolean {
    const content = this.readContent(asn1Tag.boolean)
    const octet = content[0]
    if (content.length !== 1) fail('DER_VALUE', 'a BOOLEAN is not one octet')
    if (octet === 0) return false
    if (octet !== 0xff && truth !== 'any-non-zero' && !this.ber)
      fail('DER_VALUE', 'a BOOLEAN is neither 00 nor FF')
    return true
  }

  /** A NULL. */
  readNull(): void {
    if (this.readContent(asn1Tag.null).length > 0) fail('DER_VALUE', 'a NULL has content')
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  readOid(): string {
    return decodeOid(this.readContent(asn1Tag.objectIdentifier))
  }

  /** An OCTET STRING. In BER its segments are joined, which copies; otherwise the result is a view. */
  readOctetString(): Uint8Array {
    if (this.ber && this.peekTag() === constructedOctetString) {
      return joinSegments(this.enter(constructedOctetString))
    }
    return this.readContent(asn1Tag.octetString)
  }

  /** A BIT STRING. */
  readBitString(): BitString {
    const content = this.readContent(asn1Tag.bitString)
    const unusedBits = content[0]
    if (unusedBits === undefined || unusedBits > 7) return fail('DER_VALUE', 'a BIT STRING is malformed')
    const bytes = content.subarray(1)
    if (bytes.length === 0 && unusedBits > 0) fail('DER_VALUE', 'a BIT STRING is malformed')
    const spare = ((bytes[bytes.length - 1] ?? 0) & ((1 << unusedBits) - 1)) !== 0
    if (spare && !this.ber) fail('DER_VALUE', 'unused bits of a BIT STRING are not zero')
    return { bytes, unusedBits }
  }

  /** A character string of any of the types that names and identifiers use. */
  readString(): string {
    this.readHeader()
    if (!isStringTag(this.tag)) return fail('DER_TAG', 'a string is expected, and another element is found')
    return decodeString(this.tag, this.bytes.subarray(this.contentStart, this.contentEnd))
  }

  /** A UTCTime or GeneralizedTime, in milliseconds since 1970. */
  readTime(): number {
    this.readHeader()
    const content = this.bytes.subarray(this.contentStart, this.contentEnd)
    if (this.tag === asn1Tag.utcTime) return decodeUtcTime(decodeString(asn1Tag.visibleString, content))
    if (this.tag === asn1Tag.generalizedTime) {
      return decodeGeneralizedTime(decodeString(asn1Tag.visibleString, content))
    }
    return fail('DER_TAG', 'a time is expected, and another element is found')
  }

  private expect(tag: number): void {
    this.readHeader()
    if (this.tag !== tag) fail('DER_TAG', 'the structure has another element here')
  }

  private descend(start: number, end: number): DerReader {
    if (this.depthLeft === 0) fail('DER_DEPTH', 'elements are nested too deep')
    const child = new DerReader(this.bytes)
    child.position = start
    child.limit = end
    child.depthLeft = this.depthLeft - 1
    child.budget = this.budget
    child.ber = this.ber
    return child
  }

  private readHeader(): void {
    const { bytes, limit } = this
    let at = this.position
    if (at >= limit) fail('DER_TRUNCATED', 'the input ends where an element is expected')
    if (this.budget.elements-- <= 0) fail('DER_COUNT', 'there are too many elements')
    this.start = at
    let tag = bytes[at++] as number
    if ((tag & 0x1f) === 0x1f) ({ tag, at } = this.readLongTag(tag, at))
    // Universal tag 0 is kept for the end of indefinite contents.
    else if (tag === 0) fail('DER_TAG', 'an element has the reserved tag 0')
    this.tag = tag
    this.readLength(at)
  }

  private readLongTag(octet: number, from: number): { tag: number; at: number } {
    let at = from
    let number = 0
    let next: number
    do {
      if (at >= this.limit) fail('DER_TRUNCATED', 'the input ends inside a tag')
      next = this.bytes[at++] as number
      // X.690 8.1.2.4.2 c: no leading zero digit.
      if (at === from + 1 && next === 0x80) fail('DER_TAG', 'a tag number is padded')
      number = number * 128 + (next & 0x7f)
      if (number > maxTagNumber) fail('DER_TAG', 'a tag number is too large')
    } while (next >= 0x80)
    if (number < 0x1f) fail('DER_TAG', 'a small tag number has the long form')
    return { tag: octet | (number << 8), at }
  }

  private readLength(from: number): void {
    const { bytes, limit } = this
    let at = from
    if (at >= limit) fail('DER_TRUNCATED', 'the input ends inside a length')
    let length = bytes[at++] as number
    if (length === 0x80) return this.readIndefinite(at)
    if (length > 0x80) {
      const octets = length & 0x7f
      if (octets > 4) fail('DER_LENGTH', 'a length has more than four octets')
      if (octets > limit - at) fail('DER_TRUNCATED', 'the input ends inside a length')
      length = 0
      for (const end = at + octets; at < end; at++) length = length * 256 + (bytes[at] as number)
      if (!this.ber && length < (octets === 1 ? 0x80 : 256 ** (octets - 1))) {
        fail('DER_LENGTH', 'a length is not minimal')
      }
    }
    if (length > limit - at) fail('DER_TRUNCATED', 'an element runs past the end')
    this.contentStart = at
    this.contentEnd = at + length
    this.position = at + length
  }

  private readIndefinite(at: number): void {
    if (!this.ber || !isConstructed(this.tag)) fail('DER_LENGTH', 'a length is indefinite')
    const inner = this.descend(at, this.limit)
    while (!inner.atEndOfContents()) inner.skip()
    this.contentStart = at
    this.contentEnd = inner.position
    this.position = inner.position + 2
  }

  private atEndOfContents(): boolean {
    if (this.limit - this.position < 2) fail('DER_TRUNCATED', 'contents of indefinite length have no end')
    return this.bytes[this.position] === 0 && this.bytes[this.position + 1] === 0
  }
}

function isPadded(integer: Uint8Array): boolean {
  const second = integer[1] as number
  return integer[0] === 0 ? second < 0x80 : integer[0] === 0xff && second >= 0x80
}

// X.690 8.7.3: segments are octet strings themselves, and may be in segments again.
function joinSegments(segments: DerReader): Uint8Array {
  const parts: Uint8Array[] = []
  while (!segments.atEnd) parts.push(segments.readOctetString())
  return Buffer.concat(parts)
}

function fail(code: CodecErrorCode, message: string): never {
  throw new CodecError(code, message)
}
