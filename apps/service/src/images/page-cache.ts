import type { BlobReader } from '../storage/index.ts'

/** Bytes. */
const pageSize = 4096

type Pages = (Buffer | undefined)[]

export type PageCache = ReturnType<typeof createPageCache>

/**
 * Pages of blobs that were read lately. An attestation reads a few bytes at each of some seventy places: from memory
 * that takes a fraction of what as many calls of the system take. The page read first goes first.
 *
 * @param capacity pages of 4 KiB
 */
export function createPageCache(capacity: number) {
  const kept: { pages: Pages; index: number }[] = []
  let next = 0

  const keep = (pages: Pages, index: number, page: Buffer) => {
    const oldest = kept[next]
    if (oldest !== undefined) oldest.pages[oldest.index] = undefined
    kept[next] = { pages, index }
    next = (next + 1) % capacity
    pages[index] = page
  }

  return {
    /** Reads of one blob by way of the cache. What is returned is shared and must not be written to. */
    over(blob: BlobReader): (offset: number, length: number) => Buffer {
      const pages: Pages = []
      const page = (index: number): Buffer => {
        const known = pages[index]
        if (known !== undefined) return known
        const start = index * pageSize
        const read = blob.read(start, Math.min(pageSize, blob.length - start))
        keep(pages, index, read)
        return read
      }
      return (offset, length) => {
        const first = Math.floor(offset / pageSize)
        const last = Math.floor((offset + length - 1) / pageSize)
        const start = offset - first * pageSize
        if (last <= first) return page(first).subarray(start, start + length)
        if (last > first + 1) return blob.read(offset, length)
        return Buffer.concat([
          page(first).subarray(start),
          page(last).subarray(0, offset + length - last * pageSize),
        ])
      }
    },
  }
}
