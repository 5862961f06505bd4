import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeBase64url,
  decodeBase64urlInPlace,
  decodeBase64urlOfLength,
  encodeBase64url,
} from '@assay/protocol'

test('encodes as Node does, and decodes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect([...(decodeBase64url(text) as Uint8Array)]).toEqual([...bytes])
    }),
  )
})

test('one sequence of bytes has exactly one text: every text that decodes encodes back to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABCxyz019-_+/= \n') }), (text) => {
      const bytes = decodeBase64url(text)
      if (bytes !== undefined) expect(encodeBase64url(bytes)).toBe(text)
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
])('refuses %s', (_name, text) => {
  expect(decodeBase64url(text)).toBeUndefined()
})

test('refuses another length than asked for', () => {
  expect(decodeBase64urlOfLength('QUJD', 3)).toEqual(Uint8Array.of(65, 66, 67))
  expect(decodeBase64urlOfLength('QUJD', 2)).toBeUndefined()
})

/** Decodes characters in memory that holds more than them. */
function decodeInPlace(text: string): number[] | undefined {
  const characters = Buffer.from(text)
  const bytes = Buffer.concat([characters, Buffer.alloc(3, 'A')])
  const length = decodeBase64urlInPlace(bytes, characters.length)
  return length === undefined ? undefined : [...bytes.subarray(0, length)]
}

test('decodes in place what it decodes otherwise, and nothing else', () => {
  const expectSame = (text: string) => {
    const decoded = decodeBase64url(text)
    expect(decodeInPlace(text), text).toEqual(decoded && [...decoded])
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => expectSame(encodeBase64url(bytes))))
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ABCQRgw019-_+/= \né') }), expectSame))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), expectSame))
})
