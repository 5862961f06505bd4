import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPageCache } from '../../src/images/page-cache.ts'
import type { BlobReader } from '../../src/storage/index.ts'

function blobOf(bytes: Buffer): BlobReader & { reads: number } {
  const blob = {
    reads: 0,
    length: bytes.length,
    read: (offset: number, length: number) => {
      if (offset < 0 || offset + length > bytes.length) throw new Error('a read outside the blob')
      blob.reads += 1
      return Buffer.from(bytes.subarray(offset, offset + length))
    },
    chunks: () => [][Symbol.iterator](),
  }
  return blob
}

describe('a page cache', () => {
  it('gives the bytes of the blob, wherever a read begins and ends, and however few pages it keeps', () => {
    const bytes = randomBytes(20_000)
    const read = createPageCache(2).over(blobOf(bytes))
    const place = fc
      .tuple(fc.nat(bytes.length - 1), fc.nat(9000))
      .map(([offset, length]) => [offset, Math.min(length, bytes.length - offset)] as const)
    fc.assert(
      fc.property(fc.array(place, { maxLength: 20 }), (places) => {
        for (const [offset, length] of places) {
          expect(read(offset, length).equals(bytes.subarray(offset, offset + length))).toBe(true)
        }
      }),
    )
    expect(read(20_000, 0)).toHaveLength(0)
  })

  it('reads a page once while it is kept, and forgets the one read first', () => {
    const blob = blobOf(randomBytes(4 * 4096))
    const read = createPageCache(2).over(blob)
    read(0, 10)
    read(100, 10)
    read(4096, 10)
    expect(blob.reads).toBe(2)
    read(8192, 10)
    read(4096, 10)
    expect(blob.reads).toBe(3)
    read(0, 10)
    expect(blob.reads).toBe(4)
  })

  it('keeps the pages of two blobs apart', () => {
    const [a, b] = [Buffer.alloc(5000, 1), Buffer.alloc(5000, 2)]
    const cache = createPageCache(8)
    const [readA, readB] = [cache.over(blobOf(a)), cache.over(blobOf(b))]
    expect([readA(0, 1)[0], readB(0, 1)[0], readA(4999, 1)[0]]).toEqual([1, 2, 1])
  })
})
