import { beforeEach, describe, expect, test } from 'vitest'
import { comparingClocks } from '../../src/remote/compared-clocks.ts'
import type { FetchDocument } from '../../src/remote/fetch.ts'

const stated = Date.UTC(2026, 11, 3, 12)
let now: number
let offsets: number[]
let faults: unknown[]

beforeEach(() => {
  now = stated
  offsets = []
  faults = []
})

/** One exchange with an answer of these fields, which takes some milliseconds. */
async function exchange(headers: Record<string, string>, takes = 0, onClock?: () => void) {
  const fetch = (async () => {
    now += takes
    return new Response('', { headers })
  }) as unknown as FetchDocument
  const compared = comparingClocks(fetch, {
    clock: () => now,
    onClock: onClock ?? (({ seconds }) => void offsets.push(seconds)),
    onFault: (fault) => void faults.push(fault),
  })
  const { signal } = new AbortController()
  const response = await compared('https://issuer.example', { headers: {}, redirect: 'manual', signal })
  expect(response.status).toBe(200)
}

const date = { date: 'Thu, 03 Dec 2026 12:00:00 GMT' }

describe('the clock of a guard', () => {
  test.each([
    ['ten minutes ahead', 601_000, 600],
    ['ten minutes behind', -600_000, -600],
    ['within the second', 999, 0],
    ['just beyond it', 1_500, 0.5],
  ])('is compared with the Date of what it fetches: %s', async (_, ahead, seconds) => {
    now = stated + ahead
    await exchange(date)
    expect(offsets).toEqual([seconds])
  })

  test('is given the time that the answer took', async () => {
    now = stated - 3_000
    await exchange(date, 4_000)
    expect(offsets).toEqual([0])
  })

  test.each([
    ['no Date', {}, 0],
    ['a Date that is none', { date: 'yesterday' }, 0],
    ['the Date of a cached answer', { ...date, age: '30' }, 0],
    ['an answer that took long', date, 5_001],
    ['a clock that was set back meanwhile', date, -1],
  ])('is not compared by %s', async (_, headers, takes) => {
    now = stated + 700_000
    await exchange(headers, takes)
    expect(offsets).toEqual([])
  })

  test('whose listener throws does not fail the exchange', async () => {
    const fault = new Error('the listener')
    await exchange(date, 0, () => {
      throw fault
    })
    expect(faults).toEqual([fault])
  })
})
