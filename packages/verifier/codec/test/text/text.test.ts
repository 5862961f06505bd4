import { expect, test } from 'vitest'
import { decodeStrictUtf8 } from '../../src/text/index.ts'

test.each([
  ['an empty text', [], ''],
  ['three bytes and a byte order mark, which stays', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['four bytes', [0xf0, 0x9f, 0x98, 0x80], '😀'],
])('UTF-8 is read: %s', (_what, bytes, text) => {
  expect(decodeStrictUtf8(Uint8Array.from(bytes))).toBe(text)
})

test.each([
  ['an overlong form', [0xc0, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a sequence cut short', [0xe2, 0x82]],
  ['a point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
])('UTF-8 is refused: %s', (_what, bytes) => {
  expect(decodeStrictUtf8(Uint8Array.from(bytes))).toBeUndefined()
})
