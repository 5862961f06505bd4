import { describe, expect, test } from 'vitest'
import {
  asn1Tag,
  contextTag,
  DerReader,
  isConstructed,
  isContextTag,
  tagNumber,
} from '../../src/der/index.ts'
import { expectCode } from '../expect-code.ts'
import * as der from './encode.ts'

const of = (...octets: number[]): DerReader => new DerReader(Uint8Array.from(octets))
const ber = (...octets: number[]): DerReader => new DerReader(Uint8Array.from(octets), { encoding: 'ber' })

describe('headers', () => {
  test('an element is read where it stands, and the next one follows', () => {
    const reader = new DerReader(
      Buffer.concat([der.integer(1), der.octets(Buffer.from('ab')), der.nothing()]),
    )
    expect(reader.readInteger()).toBe(1)
    expect(reader.peekTag()).toBe(asn1Tag.octetString)
    expect(Buffer.from(reader.readOctetString()).toString()).toBe('ab')
    reader.readNull()
    expect(reader.atEnd).toBe(true)
    expect(reader.peekTag()).toBeUndefined()
    reader.end()
  })

  test('bytes are views, not copies', () => {
    const input = der.sequence(der.octets(Buffer.from('abc')))
    const content = new DerReader(input).enter().readOctetString()
    expect(content.buffer).toBe(input.buffer)
    expect(content.byteOffset).toBe(input.byteOffset + 4)
  })

  test('long lengths are read', () => {
    for (const size of [127, 128, 255, 256, 65535, 65536]) {
      expect(new DerReader(der.octets(Buffer.alloc(size))).readOctetString()).toHaveLength(size)
    }
  })

  test('an element that is cut short is truncated, wherever it is cut', () => {
    const whole = der.sequence(der.context(1200, der.octets(Buffer.alloc(300))))
    for (let length = 0; length < whole.length; length++) {
      expectCode('DER_TRUNCATED', () => new DerReader(whole.subarray(0, length)).skip())
    }
    for (const octets of [
      [0x9f],
      [0x9f, 0x85],
      [0x04],
      [0x04, 0x82, 1],
      [0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
    ]) {
      expectCode('DER_TRUNCATED', () => of(...octets).skip())
    }
    expectCode('DER_TRUNCATED', () => of(0x9f).peekTag())
  })

  test('a length that is not minimal is refused', () => {
    for (const octets of [
      [0x04, 0x81, 0x01, 0],
      [0x04, 0x81, 0x7f, ...Array<number>(127).fill(0)],
      [0x04, 0x82, 0x00, 0x80, ...Array<number>(128).fill(0)],
    ]) {
      expectCode('DER_LENGTH', () => of(...octets).skip())
      ber(...octets).skip()
    }
  })

  test('an indefinite length is refused', () => {
    expectCode('DER_LENGTH', () => of(0x30, 0x80, 0, 0).skip())
  })

  test('a length of more than four octets is refused', () => {
    expectCode('DER_LENGTH', () => of(0x04, 0x85, 0, 0, 0, 0, 1, 0).skip())
    expectCode('DER_LENGTH', () => ber(0x04, 0xff, 0, 0, 0, 0, 1, 0).skip())
  })

  test('tag numbers of 31 and more have the long form', () => {
    for (const number of [0, 30, 31, 127, 128, 303, 704, 724, 16383, 0x1f_ffff]) {
      const reader = new DerReader(der.context(number, der.integer(5)))
      const tag = reader.peekTag() as number
      expect(tag).toBe(contextTag(number))
      expect(tagNumber(tag)).toBe(number)
      expect(isContextTag(tag)).toBe(true)
      expect(isConstructed(tag)).toBe(true)
      expect(reader.enter(contextTag(number)).readInteger()).toBe(5)
    }
    expect(isContextTag(asn1Tag.sequence)).toBe(false)
    expect(isConstructed(contextTag(704, 'primitive'))).toBe(false)
  })

  test('a malformed tag is refused', () => {
    for (const octets of [
      [0xbf, 0x1e, 0],
      [0xbf, 0x80, 0x85, 0x40, 0],
      [0xbf, 0x81, 0x80, 0x80, 0x00, 0],
      [0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
      [0x00, 0x00],
    ]) {
      expectCode('DER_TAG', () => of(...octets).skip())
      expectCode('DER_TAG', () => ber(...octets).skip())
    }
  })

  test('another tag than asked for is refused', () => {
    expectCode('DER_TAG', () => of(0x02, 1, 5).readOctetString())
    expectCode('DER_TAG', () => of(0x02, 1, 5).enter())
    expectCode('DER_TAG', () => of(0x02, 1, 5).enterOctetString())
    expectCode('DER_TAG', () => of(0x02, 1, 5).readElement(asn1Tag.sequence))
    expectCode('DER_TAG', () => of(0x02, 1, 5).readString())
    expectCode('DER_TAG', () => of(0x02, 1, 5).readTime())
  })

  test('an optional element may be missing', () => {
    const reader = new DerReader(der.context(1, der.integer(7)))
    expect(reader.enterOptional(contextTag(0))).toBeUndefined()
    expect(reader.enterOptional(contextTag(1))?.readInteger()).toBe(7)
    expect(reader.enterOptional(contextTag(2))).toBeUndefined()
  })

  test('bytes after the end are refused', () => {
    expectCode('DER_TRAILING', () => of(0x05, 0).end())
    const inner = new DerReader(der.sequence(der.integer(1), der.integer(2))).enter()
    inner.skip()
    expectCode('DER_TRAILING', () => inner.end())
  })

  test('nesting is bounded', () => {
    const nested = (levels: number): Buffer =>
      levels === 0 ? der.nothing() : der.sequence(nested(levels - 1))
    const descend = (input: Buffer, options?: { maxDepth: number }): void => {
      let reader = new DerReader(input, options)
      while (reader.peekTag() === asn1Tag.sequence) reader = reader.enter()
    }
    descend(nested(24))
    expectCode('DER_DEPTH', () => descend(nested(25)))
    descend(nested(3), { maxDepth: 3 })
    expectCode('DER_DEPTH', () => descend(nested(4), { maxDepth: 3 }))
    const string = new DerReader(der.octets(der.octets(der.nothing())), { maxDepth: 1 }).enterOctetString()
    expectCode('DER_DEPTH', () => string.enterOctetString())
  })

  test('elements are counted, wherever they stand', () => {
    const two = der.sequence(der.nothing(), der.nothing())
    const walk = (input: Buffer, options?: { maxElements: number }): void => {
      const outer = new DerReader(input, options)
      while (!outer.atEnd) {
        const inner = outer.enter()
        while (!inner.atEnd) inner.skip()
      }
    }
    walk(Buffer.concat([two, two]), { maxElements: 6 })
    expectCode('DER_COUNT', () => walk(Buffer.concat([two, two]), { maxElements: 5 }))
    walk(Buffer.concat(Array.from({ length: 2730 }, () => two)))
    expectCode('DER_COUNT', () => walk(Buffer.concat(Array.from({ length: 2731 }, () => two))))
  })

  test('whole elements keep their header', () => {
    const reader = new DerReader(Buffer.concat([der.integer(5), der.sequence(der.nothing())]))
    expect([...reader.readElement()]).toEqual([2, 1, 5])
    expect([...reader.readElement(asn1Tag.sequence)]).toEqual([0x30, 2, 5, 0])
  })
})

describe('values', () => {
  test('integers are read exactly', () => {
    for (const value of [0n, 1n, -1n, 127n, 128n, -128n, -129n, 2n ** 53n - 1n, 1n - 2n ** 53n]) {
      expect(new DerReader(der.integer(value)).readInteger()).toBe(Number(value))
      expect(new DerReader(der.integer(value)).readBigInteger()).toBe(value)
    }
    for (const value of [2n ** 64n, -(2n ** 64n), 2n ** 159n, -1n]) {
      expect(new DerReader(der.integer(value)).readBigInteger()).toBe(value)
    }
    expect(new DerReader(der.integer(3, 0x0a)).readEnumerated()).toBe(3)
    // Padding, as BER has it, does not make a number large.
    expect(ber(0x02, 9, 0, 0, 0, 0, 0, 0, 0, 0, 5).readInteger()).toBe(5)
  })

  test('integers beyond what a number holds are refused as numbers', () => {
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 56n, 2n ** 64n, -(2n ** 64n)]) {
      expectCode('DER_VALUE', () => new DerReader(der.integer(value)).readInteger())
    }
  })

  test('the magnitude of an unsigned integer has no leading zeros', () => {
    expect([...new DerReader(der.integer(0)).readUnsigned()]).toEqual([])
    expect([...new DerReader(der.integer(0x80)).readUnsigned()]).toEqual([0x80])
    expect([...ber(0x02, 3, 0, 0, 1).readUnsigned()]).toEqual([1])
    expectCode('DER_VALUE', () => new DerReader(der.integer(-5)).readUnsigned())
  })

  test('an integer that is empty or padded is refused', () => {
    expectCode('DER_VALUE', () => of(0x02, 0).readInteger())
    expectCode('DER_VALUE', () => ber(0x02, 0).readInteger())
    expectCode('DER_VALUE', () => of(0x02, 2, 0, 1).readInteger())
    expectCode('DER_VALUE', () => of(0x02, 2, 0xff, 0x80).readInteger())
    expect(ber(0x02, 2, 0xff, 0x80).readInteger()).toBe(-128)
  })

  test('a boolean is 00 or FF, and any other octet only where that is asked for', () => {
    expect(of(0x01, 1, 0).readBoolean()).toBe(false)
    expect(of(0x01, 1, 0xff).readBoolean()).toBe(true)
    expectCode('DER_VALUE', () => of(0x01, 1, 1).readBoolean())
    expect(of(0x01, 1, 1).readBoolean('any-non-zero')).toBe(true)
    expect(ber(0x01, 1, 1).readBoolean()).toBe(true)
    expectCode('DER_VALUE', () => of(0x01, 0).readBoolean())
    expectCode('DER_VALUE', () => of(0x01, 2, 0, 0).readBoolean('any-non-zero'))
  })

  test('a null is empty', () => {
    expectCode('DER_VALUE', () => of(0x05, 1, 0).readNull())
  })

  test('bit strings state their unused bits, which are zero', () => {
    expect(of(0x03, 2, 3, 0xf8).readBitString()).toEqual({ bytes: Uint8Array.of(0xf8), unusedBits: 3 })
    expect(of(0x03, 1, 0).readBitString()).toEqual({ bytes: new Uint8Array(0), unusedBits: 0 })
    for (const octets of [
      [0x03, 0],
      [0x03, 2, 8, 0],
      [0x03, 1, 1],
    ]) {
      expectCode('DER_VALUE', () => of(...octets).readBitString())
      expectCode('DER_VALUE', () => ber(...octets).readBitString())
    }
    expectCode('DER_VALUE', () => of(0x03, 2, 3, 0xf9).readBitString())
    expect(ber(0x03, 2, 3, 0xf9).readBitString().unusedBits).toBe(3)
  })

  test('an octet string in segments is joined in BER only', () => {
    const segmented = der.element(
      0x24,
      der.octets(Buffer.from('ab')),
      der.element(0x24, der.octets(Buffer.from('c'))),
    )
    const read = new DerReader(segmented, { encoding: 'ber' }).readOctetString()
    expect(Buffer.from(read).toString()).toBe('abc')
    expectCode('DER_TAG', () => new DerReader(segmented).readOctetString())
    const other = der.element(0x24, der.integer(1))
    expectCode('DER_TAG', () => new DerReader(other, { encoding: 'ber' }).readOctetString())
  })
})

describe('indefinite lengths in BER', () => {
  test('contents end at the end-of-contents octets of their own level', () => {
    const inner = der.indefinite(0x30, der.integer(1), der.indefinite(0x30), der.octets(Buffer.from([0, 0])))
    const reader = new DerReader(Buffer.concat([inner, der.integer(9)]), { encoding: 'ber' })
    const contents = reader.enter()
    expect(contents.readInteger()).toBe(1)
    contents.enter().end()
    expect([...contents.readOctetString()]).toEqual([0, 0])
    contents.end()
    expect(reader.readInteger()).toBe(9)
    reader.end()
  })

  test('the whole encoding includes the end-of-contents octets', () => {
    const encoded = der.indefinite(0x30, der.integer(1))
    expect(new DerReader(encoded, { encoding: 'ber' }).readElement()).toHaveLength(encoded.length)
  })

  test('a primitive element has no indefinite length', () => {
    expectCode('DER_LENGTH', () => ber(0x04, 0x80, 0, 0).skip())
  })

  test('contents without an end are truncated', () => {
    expectCode('DER_TRUNCATED', () => ber(0x30, 0x80).skip())
    expectCode('DER_TRUNCATED', () => ber(0x30, 0x80, 0x02, 1, 5).skip())
    expectCode('DER_TRUNCATED', () => ber(0x30, 0x80, 0).skip())
  })

  test('nesting is bounded here too', () => {
    const bomb = Buffer.alloc(200_000, Buffer.of(0x30, 0x80))
    expectCode('DER_DEPTH', () => new DerReader(bomb, { encoding: 'ber' }).skip())
  })

  test('elements that are walked once for each level count each time', () => {
    let nested: Buffer = Buffer.concat(Array.from({ length: 1000 }, () => der.nothing()))
    for (let level = 0; level < 20; level++) nested = der.indefinite(0x30, nested)
    const descend = (): void => {
      let reader = new DerReader(nested, { encoding: 'ber' })
      while (reader.peekTag() === asn1Tag.sequence) reader = reader.enter()
    }
    expectCode('DER_COUNT', descend)
  })
})
