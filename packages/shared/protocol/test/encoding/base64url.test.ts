import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url, decodeBase64urlOfLength, encodeBase64url } from '@assay/protocol'
import { decodeBase64url as decodeByNode } from '@assay/protocol/node'
import { decodeBase64url as decodeInBrowsers } from '../../src/encoding/encodings-of-browsers.ts'

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
  ['a character whose low byte is one of the alphabet', 'QUJ\u0144'],
  ['half of a surrogate pair', 'QUJ\ud844'],
])('refuses %s', (_name, text) => {
  expect(decodeBase64url(text)).toBeUndefined()
  expect(decodeByNode(text)).toBeUndefined()
  expect(decodeInBrowsers(text)).toBeUndefined()
})

test('refuses another length than asked for', () => {
  expect(decodeBase64urlOfLength('QUJD', 3)).toEqual(Uint8Array.of(65, 66, 67))
  expect(decodeBase64urlOfLength('QUJD', 2)).toBeUndefined()
})

test.each([
  ['by Node', decodeByNode],
  ['in browsers', decodeInBrowsers],
])('decodes %s what it decodes otherwise, and nothing else', (_name, decode) => {
  const same = (text: string) => hexOf(decode(text)) === hexOf(decodeBase64url(text))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => same(encodeBase64url(bytes))))
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ABCQRgw019-_+/= \né') }), same))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), same))
})

const hexOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')
