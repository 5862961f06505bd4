import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url, decodeUtf8, encodeBase64url, utf8 } from '@assay/protocol'
import { Scratch } from '../../src/node/node-crypto.ts'

/** Shorter than some of the texts that it is given. */
const scratch = new Scratch(24)

function strictly(text: string): string | undefined {
  const bytes = decodeBase64url(text)
  return bytes && decodeUtf8(bytes)
}

test('decodes text as the strict functions do, whatever it held before', () => {
  const base64url = fc.string({ unit: fc.constantFrom(...'ABCQRgw019-_+/= \né') })
  const encoded = fc.string({ unit: 'grapheme' }).map((text) => encodeBase64url(utf8(text)))
  const bytes = fc.uint8Array().map(encodeBase64url)
  fc.assert(
    fc.property(fc.oneof(base64url, encoded, bytes, fc.string({ unit: 'binary' })), (text) => {
      expect(scratch.decodeText(text), text).toBe(strictly(text))
    }),
  )
})

test.each([
  ['whose low byte is one of the alphabet', 'QUJ\u0144'],
  ['that is half of a pair', 'QUJ\ud844'],
])('takes no character %s for it', (_, text) => {
  expect(scratch.decodeText(text)).toBeUndefined()
  expect(scratch.decode(text, 3)).toBeUndefined()
})

test('decodes exactly as many bytes as asked for', () => {
  expect([...(scratch.decode('QUJD', 3) ?? [])]).toEqual([65, 66, 67])
  expect(scratch.decode('QUJD', 2)).toBeUndefined()
  expect(scratch.decode('QUJD', 4)).toBeUndefined()
})

test('gives a text that is longer than it the bytes that it has', () => {
  for (const text of ['abc', 'x'.repeat(100), 'abd', 'abc.def', 'abc'])
    expect(scratch.write(text).toString('latin1')).toBe(text)
})
