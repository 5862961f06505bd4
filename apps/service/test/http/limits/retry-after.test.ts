import { describe, expect, it } from 'vitest'
import { createRetryAfter } from '../../../src/http/limits/retry-after.ts'

/** A node that refuses and serves so many in each second; returns the seconds of the last refusal. */
function node({ chance = 0.999 }: { chance?: number } = {}) {
  let now = 0
  const retryAfter = createRetryAfter(
    () => chance,
    () => now,
  )
  return {
    advance: (seconds: number) => void (now += seconds * 1000),
    serve: (count: number) => {
      for (let i = 0; i < count; i += 1) retryAfter.served()
    },
    refuse: (count = 1, atLeast?: number) => {
      let last = 0
      for (let i = 0; i < count; i += 1) last = retryAfter.refused(atLeast)
      return last
    },
  }
}

describe('those who are refused may try again', () => {
  it('within five seconds if they are few', () => {
    expect(node().refuse()).toBe(5)
    expect(node({ chance: 0 }).refuse()).toBe(1)
  })

  it('over twice the time that it takes to serve everyone who was refused', () => {
    const busy = node()
    for (let i = 0; i < 5; i += 1) {
      busy.serve(100)
      busy.advance(1)
    }
    busy.serve(100)
    // 100 a second are served, the second that is gone left out: 1,000 who are away take 2 × 10 s.
    expect(busy.refuse(1_001)).toBe(20)
  })

  it('within a minute, however many they are', () => {
    expect(node().refuse(1_000_000)).toBe(60)
    // Nobody was served: 10 a second are assumed.
    expect(node().refuse(101)).toBe(20)
  })

  it('soon again once those before them are back', () => {
    const outage = node()
    expect(outage.refuse(10_000)).toBe(60)
    outage.advance(30)
    expect(outage.refuse()).toBe(60)
    outage.advance(61)
    expect(outage.refuse()).toBe(5)
    outage.advance(100_000)
    expect(outage.refuse()).toBe(5)
  })

  it('no sooner than their answers say already, and not all of them then', () => {
    let i = 0
    const retryAfter = createRetryAfter(
      () => (i++ % 10) / 10,
      () => 0,
    )
    const seconds = Array.from({ length: 10 }, () => retryAfter.refused(10))
    expect([...new Set(seconds)].sort()).toEqual([11, 12, 13, 14, 15])
    expect(node({ chance: 0 }).refuse(1, 10)).toBe(11)
    // Who is sent away for longer anyway is so at a moment of its own.
    expect(node().refuse(1_000_000, 10)).toBe(60)
  })

  it('at moments of their own', () => {
    let i = 0
    const retryAfter = createRetryAfter(
      () => (i++ % 100) / 100,
      () => 0,
    )
    const seconds = Array.from({ length: 1_000 }, () => retryAfter.refused()).slice(600)
    expect(new Set(seconds).size).toBeGreaterThan(50)
  })
})
