import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../../src/system/wilson.ts'

describe("Wilson's interval", () => {
  // Values from R 4.3, prop.test(x, n, correct = FALSE)$conf.int.
  it.each([
    [5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [1, 100, 0.0018, 0.0545],
  ])('of %d in %d', (hits, of, low, high) => {
    const interval = wilsonInterval(hits, of)
    expect(interval[0]).toBeCloseTo(low, 4)
    expect(interval[1]).toBeCloseTo(high, 4)
  })

  it('of nothing is everything', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
  })
})
