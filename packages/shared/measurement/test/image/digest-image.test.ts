import { createHash, webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digestImage, MeasurementError, type CodeImage, type MeasurementCrypto } from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { webCrypto } from '../../src/web-crypto.ts'
import { hex } from '../exchange.ts'
import { counting, imageOf, largeImage, later, noise } from '../synthetic-image.ts'

const seed = noise(32, 'seed')
const contents = { 'b.dex': noise(100, 'b'), 'a/\u00fc.js': noise(2_500_000, 'a'), empty: new Uint8Array(0) }
const image = imageOf(contents)
const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const u32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])

/** The formula of the design, by other means than the code under test. */
function expectedDigests(): { image: Uint8Array; segments: Uint8Array[] } {
  const segments = Object.entries(contents)
    .map(([name, bytes]) => ({ name: Buffer.from(name), bytes }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ name, bytes }) =>
      sha256(Buffer.from('assay/seg/1\0'), seed, u32(name.length), name, u32(0), u32(bytes.length), bytes),
    )
  return { image: sha256(Buffer.from('assay/image/1\0'), seed, u32(segments.length), ...segments), segments }
}

describe('digestImage', () => {
  it('is D for each segment and E over all, as the design says', async () => {
    const digest = await digestImage(image, 'image', seed, nodeCrypto)
    const expected = expectedDigests()
    expect(hex(digest.image)).toBe(hex(expected.image))
    expect(digest.segments.map((segment) => hex(segment.digest))).toEqual(expected.segments.map(hex))
    expect(digest.segments.map(({ name, length }) => [name, length])).toEqual([
      ['a/\u00fc.js', 2_500_000],
      ['b.dex', 100],
      ['empty', 0],
    ])
  })

  it('is the same piece by piece, in one go, by Web Crypto, and behind promises', async () => {
    const oneGo: MeasurementCrypto = {
      sha256: (parts) => nodeCrypto.sha256(parts),
      hmacSha256: (key, parts) => nodeCrypto.hmacSha256(key, parts),
    }
    const all = [
      await digestImage(image, 'image', seed, nodeCrypto),
      await digestImage(image, 'image', seed, oneGo),
      await digestImage(image, 'image', seed, webCrypto(webcrypto.subtle)),
      await digestImage(later(image), 'image', seed, nodeCrypto),
    ]
    const digests = all.map(({ image: E, segments }) =>
      [E, ...segments.map(({ digest }) => digest)].map(hex).join(),
    )
    expect(new Set(digests).size).toBe(1)
  })

  it('reads every byte once, a megabyte at a time where the hash takes pieces', async () => {
    const large = counting(largeImage({ a: 9_000_001, b: 5 }))
    await digestImage(large, 'image', seed, nodeCrypto)
    expect(large.bytesRead()).toBe(9_000_006)
    expect(Math.max(...large.reads.map((read) => read.length))).toBe(1 << 20)
  })

  it('reads nothing outside the coverage', async () => {
    const script = { name: 'main.js', kind: 'script', length: 10 } as const
    const mixed = counting({ segments: [...image.segments, script], read: () => new Uint8Array(10) })
    await digestImage(mixed, 'scripts', seed, nodeCrypto)
    expect(mixed.reads).toEqual([{ name: 'main.js', offset: 0, length: 10 }])
  })

  it.each(['fewer', 'more'])(
    'takes a reader that delivers %s bytes for a malfunction, not for a finding',
    async (what) => {
      const broken: CodeImage = {
        ...image,
        read: (_, __, length) => new Uint8Array(length + (what === 'more' ? 1 : -1)),
      }
      const error = await digestImage(broken, 'image', seed, nodeCrypto).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(MeasurementError)
    },
  )

  it('passes on what the reader throws', async () => {
    const broken: CodeImage = { ...image, read: () => Promise.reject(new Error('disk')) }
    await expect(digestImage(broken, 'image', seed, nodeCrypto)).rejects.toThrow('disk')
  })
})
