import { expect, it } from 'vitest'
import { readsIntoScratch } from '../../../src/attestation/speed/reads-into-scratch.ts'

const bytes = Buffer.from(Uint8Array.from({ length: 10_000 }, (_, i) => (i * i) >> 3))
const here = {
  read: (offset: number, length: number, into = Buffer.alloc(length)) => {
    bytes.copy(into, 0, offset, offset + length)
    return into
  },
}

it('returns what the reader returns, for pieces of any length', async () => {
  const read = readsIntoScratch()
  for (const length of [0, 1, 104, 208, 272, 512, 513, 4_096, 208])
    for (const offset of [0, 17, 5_000])
      expect(Buffer.from(await read(here, offset, length))).toEqual(bytes.subarray(offset, offset + length))
})

it('makes one buffer for pieces of one length, and none that lasts for long ones', () => {
  const read = readsIntoScratch()
  expect(read(here, 0, 208)).toBe(read(here, 300, 208))
  expect(read(here, 0, 208)).not.toBe(read(here, 0, 104))
  expect(read(here, 0, 4_096)).not.toBe(read(here, 0, 4_096))
})

it('does not change later pieces', async () => {
  const read = readsIntoScratch()
  const elsewhere = { read: async (offset: number, length: number) => here.read(offset, length) }
  const [first, second] = [read(elsewhere, 0, 208), read(elsewhere, 300, 208)]
  expect(await first).toEqual(bytes.subarray(0, 208))
  expect(await second).toEqual(bytes.subarray(300, 508))
})
