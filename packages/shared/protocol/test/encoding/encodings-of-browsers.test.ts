import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as elsewhere from '../../src/encoding/encodings.ts'
import * as inBrowsers from '../../src/encoding/encodings-of-browsers.ts'

test('browsers have the same functions as other engines', () => {
  expect(Object.keys(inBrowsers).sort()).toEqual(Object.keys(elsewhere).sort())
})

test('encode the same way in browsers as elsewhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      expect(inBrowsers.encodeBase64url(bytes)).toBe(elsewhere.encodeBase64url(bytes))
      expect([...inBrowsers.utf8(text)]).toEqual([...elsewhere.utf8(text)])
    }),
  )
})
