import { describe, expect, it } from 'vitest'
import { pageOf, type Page } from '../../src/system/page.ts'

/** A list of numbers, each with a note of so many bytes. */
function listOf(count: number, bytes = 0) {
  const reads: number[] = []
  const note = 'x'.repeat(bytes)
  const all = Array.from({ length: count }, (_, i) => ({ number: i + 1, note }))
  const read = async ({ after = '0', limit }: Page) => {
    reads.push(limit)
    return all.slice(Number(after), Number(after) + limit)
  }
  const page = async (requested: Page, mostPerRead?: number) => {
    const { list, next } = await pageOf('list', requested, read, ({ number }) => String(number), mostPerRead)
    return { numbers: list.map(({ number }) => number), next }
  }
  return { reads, page }
}

const from = (after: string | undefined, limit: number): Page => ({ after, limit })

describe('a page of a list', () => {
  it('has as many entries as were asked for, and says whether there may be more', async () => {
    const { page } = listOf(5)
    expect(await page(from(undefined, 3))).toEqual({ numbers: [1, 2, 3], next: '3' })
    expect(await page(from('3', 3))).toEqual({ numbers: [4, 5], next: undefined })
    expect(await page(from('3', 2))).toEqual({ numbers: [4, 5], next: '5' })
    expect(await page(from('5', 2))).toEqual({ numbers: [], next: undefined })
  })

  it('is read a few at a time, and no further than it has to be', async () => {
    const { page, reads } = listOf(20)
    expect((await page(from(undefined, 10), 4)).numbers).toHaveLength(10)
    expect(reads).toEqual([4, 4, 2])
    expect(await page(from('18', 10), 4)).toEqual({ numbers: [19, 20], next: undefined })
    expect(reads).toEqual([4, 4, 2, 4])
  })

  it('ends with the entry that makes it half a megabyte, and goes on after that one', async () => {
    const { page, reads } = listOf(100, 64 * 1024)
    expect(await page(from(undefined, 100), 3)).toEqual({ numbers: [1, 2, 3, 4, 5, 6, 7, 8], next: '8' })
    expect(reads).toEqual([3, 3, 3])
    expect(await page(from('96', 100), 3)).toEqual({ numbers: [97, 98, 99, 100], next: undefined })
  })

  it('goes through a whole list, however it is bounded', async () => {
    const { page } = listOf(50, 100 * 1024)
    const seen: number[] = []
    for (let after: string | undefined, isLast = false; !isLast;) {
      const { numbers, next } = await page(from(after, 17), 4)
      seen.push(...numbers)
      after = next
      isLast = next === undefined
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })
})
