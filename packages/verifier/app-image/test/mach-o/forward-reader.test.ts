import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readForward, type ForwardReader } from '../../src/mach-o/forward-reader.ts'

/** Bytes that come in chunks of these lengths, the last of which may be shorter. */
const inChunks = (bytes: Buffer, lengths: readonly number[]) => ({
  length: bytes.length,
  async stream(take: (chunk: Buffer) => void) {
    for (let at = 0, chunk = 0; at < bytes.length; chunk++) {
      const end = at + (lengths[chunk % lengths.length] ?? 1)
      // The chunk is valid during the call only.
      const buffer = Buffer.from(bytes.subarray(at, end))
      take(buffer)
      buffer.fill(0)
      at = end
    }
  },
})

function* rangesOf(lengths: readonly [gap: number, length: number][], end: number): ForwardReader<Buffer[]> {
  const found: Buffer[] = []
  let at = 0
  for (const [gap, length] of lengths) {
    if (at + gap + length > end) break
    found.push(yield { offset: at + gap, length })
    at += gap + length
  }
  return found
}

it('returns the requested ranges, however the bytes arrive', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  const ranges = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: 1, max: 20 })), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(lengths, ranges, async (chunks, asked) => {
      const bytes = Buffer.from(Uint8Array.from({ length: 100 }, (_, at) => at + 1))
      const seen: Buffer[] = []
      const read = await readForward(inChunks(bytes, chunks), rangesOf(asked, 100), (chunk) => {
        seen.push(Buffer.from(chunk))
      })
      expect(Buffer.concat(seen)).toEqual(bytes)
      let at = 0
      for (const [index, range] of read.entries()) {
        const [gap, length] = asked[index] as [number, number]
        expect(range).toEqual(bytes.subarray(at + gap, at + gap + length))
        at += gap + length
      }
    }),
  )
})

it('takes a reader that asks for what is not there for a malfunction', async () => {
  const bytes = inChunks(Buffer.alloc(10), [3])
  await expect(readForward(bytes, rangesOf([[0, 11]], 20), () => undefined)).rejects.toThrow('out of order')
})
