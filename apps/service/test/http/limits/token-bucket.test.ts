import { describe, expect, it } from 'vitest'
import { createTokenBuckets } from '../../../src/http/limits/token-bucket.ts'

describe('token buckets', () => {
  it('allow a burst and then the rate', () => {
    let now = 0
    const take = createTokenBuckets({ requests: 2, seconds: 10 }, 10, () => now)
    expect([take('a'), take('a'), take('a')].map(({ allowed }) => allowed)).toEqual([true, true, false])
    expect(take('a').wait).toBeCloseTo(5)
    expect(take('b').allowed).toBe(true)
    now = 5_000
    expect([take('a'), take('a')].map(({ allowed }) => allowed)).toEqual([true, false])
    now = 1_000_000
    expect(take('a')).toMatchObject({ allowed: true, remaining: 1, wait: 0 })
  })

  it('give nothing for a clock that is set back', () => {
    let now = 100_000
    const take = createTokenBuckets({ requests: 1, seconds: 10 }, 10, () => now)
    take('a')
    now = 0
    expect(take('a').allowed).toBe(false)
  })

  it('forget the key used least recently first', () => {
    const take = createTokenBuckets({ requests: 1, seconds: 1000 }, 2, () => 0)
    take('a')
    take('b')
    take('a')
    take('c')
    expect(take('a').allowed).toBe(false)
    expect(take('b').allowed).toBe(true)
  })
})
