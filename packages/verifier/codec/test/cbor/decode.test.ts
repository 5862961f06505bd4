import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCbor, decodeFirstCbor, isCborMap } from '../../src/cbor/index.ts'
import { codecErrorCodes } from '../../src/index.ts'
import { codeOf, expectCode } from '../expect-code.ts'
import { array, bytes, head, int, map, tag, text } from './encode.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

// RFC 8949 appendix A, as far as its items are of definite length.
test.each([
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
  ['20', -1],
  ['3863', -100],
  ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', undefined],
  ['f0', { kind: 'simple', number: 16 }],
  ['f8ff', { kind: 'simple', number: 255 }],
  ['f93c00', { kind: 'float', encoded: hex('f93c00') }],
  ['fb7e37e43c8800759c', { kind: 'float', encoded: hex('fb7e37e43c8800759c') }],
  ['c11a514b67b0', { kind: 'tag', tag: 1, value: 1_363_896_240 }],
  ['40', Buffer.of()],
  ['4401020304', Buffer.of(1, 2, 3, 4)],
  ['60', ''],
  ['62c3bc', 'ü'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['a0', new Map()],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<string, unknown>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
])('%s', (encoded, value) => {
  expect(comparable(decodeCbor(hex(encoded)))).toEqual(comparable(value))
})

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, comparable(each)]))
  if (Array.isArray(value)) return value.map(comparable)
  if (value !== null && typeof value === 'object' && 'encoded' in value) {
    return { ...value, encoded: comparable(value.encoded) }
  }
  return value
}

test('integers are exact on both sides of what a number holds', () => {
  for (const value of [2n ** 53n - 1n, 2n ** 53n, 1n - 2n ** 53n, -(2n ** 53n), -(2n ** 53n) - 1n]) {
    expect(BigInt(decodeCbor(int(value)) as number | bigint)).toBe(value)
  }
  expect(decodeCbor(int(1n - 2n ** 53n))).toBe(1 - 2 ** 53)
  expect(decodeCbor(int(-(2n ** 53n)))).toBe(-(2n ** 53n))
})

test('a map is distinguished from all other types', () => {
  expect(isCborMap(decodeCbor(map()))).toBe(true)
  for (const other of [array(), bytes(hex('')), tag(1, map()), hex('f6')]) {
    expect(isCborMap(decodeCbor(other))).toBe(false)
  }
})

test('byte strings are views into the input', () => {
  const input = bytes(Buffer.from('abc'))
  const value = decodeCbor(input) as Uint8Array
  expect(value.buffer).toBe(input.buffer)
  expect(Buffer.from(value).toString()).toBe('abc')
})

test('a byte order mark in a text string is part of it', () => {
  expect(decodeCbor(text('\ufeffa'))).toBe('\ufeffa')
})

test('the first item ends where the rest begins', () => {
  const { value, rest } = decodeFirstCbor(Buffer.concat([int(7), text('next')]))
  expect(value).toBe(7)
  expect(decodeCbor(rest)).toBe('next')
})

describe('refused, each with its own code', () => {
  test.each([
    ['nothing at all', hex('')],
    ['a head cut short', hex('19 01')],
    ['a byte string beyond the input', hex('44 010203')],
    ['a byte string of 2^63 bytes', head(2, 2n ** 63n)],
    ['an array of more items than bytes', hex('82 00')],
    ['an array of 2^64 - 1 items', head(4, 2n ** 64n - 1n)],
    ['a map of as many pairs as bytes', hex('a2 0102')],
    ['a tag without an item', hex('c1')],
  ])('CBOR_TRUNCATED: %s', (_, input) => expectCode('CBOR_TRUNCATED', () => decodeCbor(input)))

  test.each([
    ['a byte string of indefinite length', hex('5f 41 00 ff')],
    ['a text string of indefinite length', hex('7f 61 61 ff')],
    ['an array of indefinite length', hex('9f 00 ff')],
    ['a map of indefinite length', hex('bf 00 00 ff')],
    ['a break', hex('ff')],
    ['a reserved argument', hex('1c 00')],
    ['23 in two bytes', head(0, 23, 1)],
    ['255 in three bytes', head(0, 255, 2)],
    ['65535 in five bytes', head(0, 65_535, 4)],
    ['2^32 - 1 in nine bytes', head(0, 2 ** 32 - 1, 8)],
    ['a padded length', Buffer.concat([head(2, 1, 1), hex('00')])],
  ])('CBOR_LENGTH: %s', (_, input) => expectCode('CBOR_LENGTH', () => decodeCbor(input)))

  test.each([
    [24, 1],
    [256, 2],
    [65_536, 4],
    [2 ** 32, 8],
  ])('and %d is accepted in %d bytes', (value, size) => expect(decodeCbor(head(0, value, size))).toBe(value))

  test('CBOR_TRAILING', () => expectCode('CBOR_TRAILING', () => decodeCbor(hex('00 00'))))

  test.each([
    ['integers', map([int(1), int(0)], [int(1), int(1)])],
    ['large integers', map([int(2n ** 60n), int(0)], [int(2n ** 60n), int(1)])],
    ['text', map([text('a'), int(0)], [text('b'), int(1)], [text('a'), int(2)])],
    ['byte strings', map([bytes(hex('00')), int(0)], [bytes(hex('00')), int(1)])],
    ['in an inner map', array(map([text('a'), int(0)], [text('a'), int(0)]))],
  ])('CBOR_DUPLICATE_KEY: %s', (_, input) => expectCode('CBOR_DUPLICATE_KEY', () => decodeCbor(input)))

  test('and keys of other kinds that differ are kept', () => {
    const value = decodeCbor(map([bytes(hex('00')), int(0)], [bytes(hex('01')), int(1)], [hex('f6'), int(2)]))
    expect([...(value as ReadonlyMap<unknown, unknown>).values()]).toEqual([0, 1, 2])
  })

  test.each([
    ['a lone continuation byte', hex('61 80')],
    ['an overlong form', hex('62 c0 80')],
    ['a surrogate', hex('63 ed a0 80')],
    ['a cut sequence', hex('61 c3')],
  ])('CBOR_TEXT: %s', (_, input) => expectCode('CBOR_TEXT', () => decodeCbor(input)))

  test('CBOR_SIMPLE', () => expectCode('CBOR_SIMPLE', () => decodeCbor(hex('f8 1f'))))

  test.each([
    ['arrays', (inner: Buffer) => array(inner)],
    ['maps', (inner: Buffer) => map([int(0), inner])],
    ['map keys', (inner: Buffer) => map([inner, int(0)])],
    ['tags', (inner: Buffer) => tag(1, inner)],
  ])('CBOR_DEPTH: %s', (_, wrap) => {
    const nested = (depth: number): Buffer => (depth === 0 ? int(0) : wrap(nested(depth - 1)))
    expect(codeOf(() => decodeCbor(nested(8)))).toBeUndefined()
    expectCode('CBOR_DEPTH', () => decodeCbor(nested(9)))
    expect(codeOf(() => decodeCbor(nested(9), { maxDepth: 9 }))).toBeUndefined()
  })

  test('CBOR_COUNT: data items are counted, wherever they stand', () => {
    const items = (count: number): Buffer => array(...Array.from({ length: count - 1 }, () => int(0)))
    expect(codeOf(() => decodeCbor(items(4096)))).toBeUndefined()
    expectCode('CBOR_COUNT', () => decodeCbor(items(4097)))
    expectCode('CBOR_COUNT', () => decodeCbor(array(items(3), items(3)), { maxItems: 6 }))
    expect(codeOf(() => decodeCbor(array(items(3), items(3)), { maxItems: 7 }))).toBeUndefined()
  })

  test('CBOR_DEPTH: 10,000 nested arrays cost no stack', () => {
    expectCode('CBOR_DEPTH', () => decodeCbor(Buffer.alloc(10_000, 0x81)))
  })
})

test('whatever comes in, an item or a code of CBOR comes out', () => {
  const seed = map(
    [text('a'), array(int(1), bytes(hex('0102')), hex('f93c00'))],
    [int(-3), tag(2, text('ü'))],
  )
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((each) => Buffer.from(each)),
    fc.tuple(fc.nat(seed.length - 1), fc.nat(255)).map(([at, octet]) => {
      const changed = Buffer.from(seed)
      changed[at] = octet
      return changed
    }),
  )
  const codes = codecErrorCodes.filter((code) => code.startsWith('CBOR_'))
  fc.assert(
    fc.property(hostile, (input) => {
      const code = codeOf(() => decodeCbor(input))
      if (code !== undefined) expect(codes).toContain(code)
    }),
  )
})
