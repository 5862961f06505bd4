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

  it('let several nodes together pass what one node passes alone', () => {
    let nodes = 1
    const quota = { requests: 6, seconds: 60 }
    const each = [0, 1, 2].map(() =>
      createTokenBuckets(
        quota,
        10,
        () => 0,
        () => nodes,
      ),
    )
    nodes = 3
    const allowed = (take: (typeof each)[number]) =>
      Array.from({ length: 6 }, () => take('a')).filter((taken) => taken.allowed).length
    expect(each.map(allowed)).toEqual([2, 2, 2])
    expect(each[0]?.('a')).toMatchObject({ allowed: false, remaining: 0, wait: 30 })
    each[0]?.giveBack('a')
    expect(each[0]?.('a').allowed).toBe(true)
  })

  it('let one request through at more nodes than there are requests', () => {
    const take = createTokenBuckets(
      { requests: 2, seconds: 10 },
      10,
      () => 0,
      () => 5,
    )
    expect([take('a'), take('a')].map(({ allowed }) => allowed)).toEqual([true, false])
  })

  it('give nothing for a clock that is set back', () => {
    let now = 100_000
    const take = createTokenBuckets({ requests: 1, seconds: 10 }, 10, () => now)
    take('a')
    now = 0
    expect(take('a').allowed).toBe(false)
  })

  it('take back what was given too much, and never more than was taken', () => {
    const take = createTokenBuckets({ requests: 1, seconds: 10 }, 10, () => 0)
    take('a')
    take.giveBack('a')
    take.giveBack('a')
    take.giveBack('never seen')
    expect([take('a'), take('a')].map(({ allowed }) => allowed)).toEqual([true, false])
  })

  it('remember of evicted buckets when they are full again', () => {
    let now = 0
    const take = createTokenBuckets({ requests: 2, seconds: 10 }, 2, () => now)
    take('a')
    take('a')
    for (let i = 0; i < 100; i++) take(`other ${i}`)
    expect(take('a').allowed).toBe(false)
    now = 5_000
    expect([take('a'), take('a')].map(({ allowed }) => allowed)).toEqual([true, false])
    for (let i = 0; i < 100; i++) take(`other ${i}`)
    now = 15_000
    expect(take('a')).toMatchObject({ allowed: true, remaining: 1 })
    expect(take('never seen')).toMatchObject({ allowed: true, remaining: 1 })
  })
})
