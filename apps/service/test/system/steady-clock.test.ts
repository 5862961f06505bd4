import { expect, it } from 'vitest'
import { steadyClock } from '../../src/system/steady-clock.ts'

it('begins with the time of day, and does not follow when that is set', () => {
  let [wall, monotonic] = [1_800_000_000_000, 5]
  const steady = steadyClock(
    () => wall,
    () => monotonic,
  )
  expect(steady()).toBe(1_800_000_000_000)
  wall += 3_600_000
  monotonic += 1_000
  expect(steady()).toBe(1_800_000_001_000)
  wall -= 7_200_000
  expect(steady()).toBe(1_800_000_001_000)
})
