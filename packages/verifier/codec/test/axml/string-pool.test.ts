import { expect, it } from 'vitest'
import { readStringPool } from '../../src/axml/string-pool.ts'
import { codeOf } from '../expect-code.ts'

const utf8 = 0x100

/** A pool of one string, whose offset is given, and then these bytes. */
function poolOf(flags: number, offset: number, ...strings: number[]): DataView {
  const chunk = new DataView(new ArrayBuffer(32 + strings.length))
  chunk.setUint16(2, 28, true)
  chunk.setUint32(8, 1, true)
  chunk.setUint32(16, flags, true)
  chunk.setUint32(20, 32, true)
  chunk.setUint32(28, offset, true)
  strings.forEach((byte, i) => chunk.setUint8(32 + i, byte))
  return chunk
}

it('reads a string of either encoding', () => {
  expect(readStringPool(poolOf(utf8, 0, 1, 1, 0x61, 0)).at(0)).toBe('a')
  expect(readStringPool(poolOf(0, 0, 1, 0, 0x61, 0, 0, 0)).at(0)).toBe('a')
})

it('refuses a pool that is shorter than its header', () => {
  const chunk = poolOf(utf8, 0)
  expect(codeOf(() => readStringPool(new DataView(chunk.buffer, 0, 27)))).toBe('AXML_STRING_POOL')
})

it.each([
  ['a length that is not there', poolOf(utf8, 4, 1, 1, 0x61, 0)],
  ['a second length that is not there', poolOf(utf8, 3, 1, 1, 0x61, 1)],
  ['half a length', poolOf(0, 3, 1, 0, 0x61, 1)],
  ['half of a long length', poolOf(0, 0, 0, 0x80, 1)],
  ['a text that is longer than the pool', poolOf(utf8, 0, 3, 3, 0x61, 0)],
])('refuses %s', (_, chunk) => {
  expect(codeOf(() => readStringPool(chunk).at(0))).toBe('AXML_STRING_POOL')
})

it('refuses a string beyond the last', () => {
  expect(codeOf(() => readStringPool(poolOf(utf8, 0, 1, 1, 0x61, 0)).at(1))).toBe('AXML_STRING_POOL')
})
