import { createHash, createHmac, webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedBytes } from '@assay/testkit/fixed'
import { nodeCrypto } from '../src/node-crypto.ts'
import { webCrypto } from '../src/web-crypto.ts'
import { hex } from './exchange.ts'

const parts = fc.array(fc.uint8Array({ maxLength: 20_000, size: 'max' }), { maxLength: 5 })
const key = fc.uint8Array({ minLength: 1, maxLength: 200 })

describe.each([
  ['nodeCrypto', nodeCrypto],
  ['webCrypto', webCrypto(webcrypto.subtle)],
])('%s', (_name, crypto) => {
  it('hashes the parts one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (given) => {
        const expected = createHash('sha256').update(Buffer.concat(given)).digest('hex')
        expect(hex(await crypto.sha256(given))).toBe(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('authenticates the parts one after the other, under a key that may be part of a larger buffer', async () => {
    await fc.assert(
      fc.asyncProperty(key, parts, async (whole, given) => {
        const part = whole.subarray(whole.length >> 1)
        const expected = createHmac('sha256', part).update(Buffer.concat(given)).digest('hex')
        if (part.length > 0) expect(hex(await crypto.hmacSha256(part, given))).toBe(expected)
      }),
      { numRuns: 50 },
    )
  })
})

describe('nodeCrypto', () => {
  it('hashes piece by piece', async () => {
    const bytes = fixedBytes('file', 2_500_000)
    const pieces: number[] = []
    const read = (at: number, length: number) => {
      pieces.push(length)
      return Promise.resolve(bytes.subarray(at, at + length))
    }
    const hash = await nodeCrypto.sha256Read?.([Buffer.from('head')], read, bytes.length)
    const expected = createHash('sha256').update('head').update(bytes).digest('hex')
    expect(hex(hash as Uint8Array)).toBe(expected)
    expect(pieces).toEqual([1_048_576, 1_048_576, 402_848])
  })
})
