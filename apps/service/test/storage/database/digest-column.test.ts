import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromDigest, toDigest } from '../../../src/storage/database/digest-column.ts'

const sha256 = createHash('sha256').update('key').digest()

describe('a text in a column of bytes', () => {
  it.each([
    ['a digest in hexadecimal digits', sha256.toString('hex'), 33],
    ['a digest in base64url', sha256.toString('base64url'), 33],
    ['a word', 'phone', 6],
    ['nothing', '', 1],
    ['upper-case digits', sha256.toString('hex').toUpperCase(), 65],
    ['base64url whose last bits are not zero', `${'A'.repeat(42)}B`, 44],
    ['letters beyond ASCII', 'Gerät', 7],
  ])('is %s again when it is read', (_, text, length) => {
    const bytes = toDigest(text)
    expect(bytes).toHaveLength(length)
    expect(fromDigest(bytes)).toBe(text)
    expect(fromDigest(new Uint8Array(bytes))).toBe(text)
  })

  it('is not confused with another text that has the same digest', () => {
    expect(toDigest(sha256.toString('hex')).equals(toDigest(sha256.toString('base64url')))).toBe(false)
  })

  it('is refused in a form of later versions', () => {
    expect(() => fromDigest(Buffer.of(9, 1))).toThrow('does not know')
    expect(() => fromDigest(new Uint8Array())).toThrow('does not know')
  })
})
