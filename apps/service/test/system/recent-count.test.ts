import { expect, it } from 'vitest'
import { createRecentCount } from '../../src/system/recent-count.ts'

const minute = 60_000

it('what happened is counted for an hour', () => {
  let now = 5 * minute
  const recent = createRecentCount(() => now)
  expect(recent.count()).toBe(0)
  recent.note()
  recent.note()
  now += 30 * minute
  recent.note()
  expect(recent.count()).toBe(3)
  now += 30 * minute
  expect(recent.count()).toBe(1)
  now += 30 * minute
  expect(recent.count()).toBe(0)
})
