import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as elsewhere from '../../src/encoding/encodings.ts'
import * as inBrowsers from '../../src/encoding/encodings-of-browsers.ts'

test('browsers have the same functions as other engines', () => {
  expect(Object.keys(inBrowsers)).toEqual(Object.keys(elsewhere))
})

test('encode the same way in browsers as elsewhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      expect(inBrowsers.encodeBase64url(bytes)).toBe(elsewhere.encodeBase64url(bytes))
      expect([...inBrowsers.utf8(text)]).toEqual([...elsewhere.utf8(text)])
    }),
  )
})

test('decode, and refuse, the same way in browsers as elsewhere', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ABCQRxyz019-_+/= \n') }),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => elsewhere.encodeBase64url(bytes)),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, (input) => {
      expect(inBrowsers.decodeBase64urlSlowly(input)).toEqual(elsewhere.decodeBase64urlSlowly(input))
    }),
  )
})

test.each([
  ['padding', 'QQ=='],
  ['the other alphabet', 'a+/a'],
  ['white space', 'QUJD\n'],
  ['a length that no bytes have', 'QUJDR'],
  ['unused bits that are not zero', 'QR'],
  ['a character beyond ASCII', 'QUJé'],
])('refuse %s in browsers and elsewhere', (_name, text) => {
  expect(inBrowsers.decodeBase64urlSlowly(text)).toBeUndefined()
  expect(elsewhere.decodeBase64urlSlowly(text)).toBeUndefined()
})
