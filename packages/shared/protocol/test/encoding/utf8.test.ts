import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUtf8, utf8 } from '@assay/protocol'

const encoder = new TextEncoder()
const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

test('encodes as TextEncoder does, and decodes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect([...utf8(text)]).toEqual([...encoder.encode(text)])
      expect(decodeUtf8(utf8(text))).toBe(text)
    }),
  )
})

test('accepts exactly the bytes that a fatal TextDecoder accepts', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .array(fc.constantFrom(0xc0, 0xc1, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0x80, 0x9f, 0xa0, 0xbf, 0x41), {
        maxLength: 8,
      })
      .map((all) => Uint8Array.from(all)),
  )
  fc.assert(
    fc.property(bytes, (input) => {
      let expected: string | undefined
      try {
        expected = fatal.decode(input)
      } catch {
        expected = undefined
      }
      expect(decodeUtf8(input)).toBe(expected)
    }),
  )
})

test('a lone surrogate has no UTF-8 form', () => {
  expect(() => utf8('a\ud800b')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
})
