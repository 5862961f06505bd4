import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedCache } from '../../src/token/bounded-cache.ts'

test('holds no more than its capacity, and never another value than the last one set', () => {
  const step = fc.tuple(fc.constantFrom('set', 'get'), fc.integer({ min: 0, max: 30 }), fc.nat())
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
      const cache = new BoundedCache<{ value: number }>(capacity)
      const truth = new Map<string, { value: number }>()
      for (const [kind, number, value] of steps) {
        const key = `key ${number}`
        if (kind === 'set') {
          const entry = { value }
          cache.set(key, entry)
          truth.set(key, entry)
        }
        const found = cache.get(key)
        if (found !== undefined) expect(found).toBe(truth.get(key))
        expect(cache.size).toBeLessThanOrEqual(capacity)
      }
    }),
  )
})

test('keeps what is asked for', () => {
  const cache = new BoundedCache<{ value: number }>(8)
  const kept = { value: 0 }
  cache.set('kept', kept)
  for (let i = 0; i < 100; i++) {
    cache.set(`other ${i}`, { value: i })
    if (i % 2 === 0) expect(cache.get('kept')).toBe(kept)
  }
})
