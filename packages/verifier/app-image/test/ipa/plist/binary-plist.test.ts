import fc from 'fast-check'
import { buildBinary } from 'plist'
import { describe, expect, it } from 'vitest'
import { parseBinaryPlist } from '../../../src/ipa/plist/binary-plist.ts'
import { PlistError, unread } from '../../../src/ipa/plist/plist-value.ts'
import { readBack, writtenDicts } from './plist-values.ts'
import { bytes, writeBinaryPlist, type BinaryPlistTemplate } from './write-binary-plist.ts'

const read = (objects: readonly Buffer[], template: BinaryPlistTemplate = {}) =>
  parseBinaryPlist(writeBinaryPlist(objects, template))

describe('a binary property list', () => {
  it('is read as another writer meant it', () => {
    fc.assert(
      fc.property(writtenDicts, (written) => {
        expect(parseBinaryPlist(Buffer.from(buildBinary(written)))).toEqual(readBack(written))
      }),
    )
  })

  it.each<[string, Buffer, unknown]>([
    ['false', bytes(0x08), false],
    ['true', bytes(0x09), true],
    ['an integer of one byte', bytes(0x10, 7), unread],
    ['an integer of sixteen bytes', Buffer.concat([bytes(0x14), Buffer.alloc(16)]), unread],
    ['a float', Buffer.concat([bytes(0x22), Buffer.alloc(4)]), unread],
    ['a date', Buffer.concat([bytes(0x33), Buffer.alloc(8)]), unread],
    ['data', bytes(0x42, 1, 2), Buffer.from([1, 2])],
    ['ASCII', Buffer.from('\x53abc'), 'abc'],
    ['ASCII with a count', Buffer.concat([bytes(0x5f, 0x10, 20), Buffer.alloc(20, 'a')]), 'a'.repeat(20)],
    ['a short count in eight bytes', bytes(0x5f, 0x13, 0, 0, 0, 0, 0, 0, 0, 1, 0x61), 'a'],
    ['UTF-16', bytes(0x62, 0x00, 0xe9, 0x20, 0xac), 'é€'],
    ['UTF-16 with a byte order mark, which is a character here', bytes(0x61, 0xfe, 0xff), '\ufeff'],
    ['an empty array', bytes(0xa0), []],
    ['an empty dictionary', bytes(0xd0), new Map()],
  ])('reads %s', (_, object, value) => {
    expect(read([object])).toEqual(value)
  })

  it('reads references and offsets of any length up to eight bytes', () => {
    for (const length of [1, 3, 6]) {
      const reference = Buffer.alloc(length)
      reference[length - 1] = 1
      const objects = [Buffer.concat([bytes(0xa1), reference]), Buffer.from('\x51x')]
      expect(read(objects, { referenceLength: length, offsetLength: length })).toEqual(['x'])
    }
  })

  it.each<[string, readonly Buffer[], BinaryPlistTemplate?]>([
    ['null, which no property list holds', [bytes(0x00)]],
    ['fill', [bytes(0x0f)]],
    ['a UID', [bytes(0x80, 1)]],
    ['a set', [bytes(0xc0)]],
    ['an ordered set', [bytes(0xb0)]],
    ['an integer of 32 bytes', [Buffer.concat([bytes(0x15), Buffer.alloc(32)])]],
    ['a float of 16 bytes', [Buffer.concat([bytes(0x24), Buffer.alloc(16)])]],
    ['a date of four bytes', [bytes(0x32, 0, 0, 0, 0)]],
    ['a string that is not ASCII', [bytes(0x51, 0x80)]],
    ['a string with half a surrogate pair', [bytes(0x61, 0xd8, 0x00)]],
    ['a count that is a float', [bytes(0x5f, 0x22, 0, 0, 0, 0)]],
    ['a count of sixteen bytes', [Buffer.concat([bytes(0x5f, 0x14), Buffer.alloc(16)])]],
    ['a count beyond the file', [bytes(0x5f, 0x13, 255, 255, 255, 255, 255, 255, 255, 255)]],
    ['a string that runs into the table', [bytes(0x53, 0x61)]],
    ['a count that runs into the table', [bytes(0x5f)]],
    ['a number that runs into the table', [bytes(0x13, 0)]],
    ['an array that runs into the table', [bytes(0xa2, 0)]],
    ['a dictionary that runs into the table', [bytes(0xd1, 0)]],
    ['a reference to no object', [bytes(0xa1, 1)]],
    ['no top object', [bytes(0x08)], { top: 1 }],
    ['a top object far off', [bytes(0x08)], { top: 2n ** 64n - 1n }],
    ['no object', []],
    ['a key that is no string', [bytes(0xd1, 1, 1), bytes(0x08)]],
    ['a key twice', [bytes(0xd2, 1, 1, 2, 2), Buffer.from('\x51a'), bytes(0x08)]],
    ['a key twice, once in UTF-16', [bytes(0xd2, 1, 2, 1, 1), Buffer.from('\x51a'), bytes(0x61, 0, 0x61)]],
    ['an array in itself', [bytes(0xa1, 0)]],
    ['a dictionary in itself', [bytes(0xd1, 1, 0), Buffer.from('\x51a')]],
    ['an object in the header', [bytes(0x08)], { offsets: [0] }],
    ['an object in the table', [bytes(0x08)], { offsets: [9] }],
    ['an object beyond the end', [bytes(0x08)], { offsets: [60_000] }],
    ['offsets of no length', [bytes(0x08)], { offsetLength: 0, table: 10 }],
    ['offsets of nine bytes', [bytes(0x08)], { offsetLength: 9, offsets: [], gap: Buffer.alloc(9) }],
    ['references of no length', [bytes(0x08)], { referenceLength: 0 }],
    ['references of nine bytes', [bytes(0x08)], { referenceLength: 9 }],
    ['more objects than the table has', [bytes(0x08)], { count: 2 }],
    ['fewer objects than the table has', [bytes(0x08), bytes(0x08)], { count: 1 }],
    ['as many objects as a number can say', [bytes(0x08)], { count: 2n ** 64n - 1n }],
    ['a table in the header', [bytes(0x08)], { table: 4 }],
    ['a table beyond the end', [bytes(0x08)], { table: 2n ** 63n }],
    ['bytes between table and trailer', [bytes(0x08)], { gap: bytes(0) }],
  ])('refuses %s', (_, objects, template) => {
    expect(() => read(objects, template)).toThrow(PlistError)
  })

  it('refuses one without a trailer', () => {
    expect(() => parseBinaryPlist(Buffer.from('bplist00'))).toThrow(PlistError)
    expect(() => parseBinaryPlist(Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(31)]))).toThrow(
      PlistError,
    )
  })

  it('refuses arrays with more values than fit into memory', () => {
    const levels = Array.from({ length: 30 }, (_, level) => bytes(0xa2, level + 1, level + 1))
    expect(() => read([...levels, bytes(0x09)])).toThrow(/too much/)
  })

  it('refuses a long string that is referred to over and over', () => {
    const references = Buffer.concat([bytes(0xaf, 0x11, 0x40, 0x00), Buffer.alloc(0x4000, 1)])
    const long = Buffer.concat([bytes(0x5f, 0x11, 0x40, 0x00), Buffer.alloc(0x4000, 'a')])
    expect(() => read([references, long])).toThrow(/too much/)
  })

  it('reads 32 arrays in each other, and refuses more', () => {
    const nested = (depth: number) => [
      ...Array.from({ length: depth }, (_, level) => bytes(0xa1, level + 1)),
      bytes(0x09),
    ]
    expect(JSON.stringify(read(nested(32)))).toBe(`${'['.repeat(32)}true${']'.repeat(32)}`)
    expect(() => read(nested(33))).toThrow(/too deep/)
  })

  it('is refused as malformed, or read, whatever its bytes are', () => {
    const template = Buffer.from(
      buildBinary({ a: 'x', b: [true, { c: 'é', d: 'y'.repeat(20) }], e: 1.5, f: new Date(0) }),
    )
    const changes = fc.array(fc.tuple(fc.nat({ max: template.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(changes, fc.nat({ max: template.length }), (edits, cut) => {
        const mutated = Buffer.from(template)
        for (const [at, byte] of edits) mutated[at] = byte
        for (const hostile of [mutated, Buffer.concat([mutated.subarray(0, cut), mutated.subarray(-32)])]) {
          try {
            parseBinaryPlist(hostile)
          } catch (error) {
            expect(error).toBeInstanceOf(PlistError)
          }
        }
      }),
    )
  })
})
