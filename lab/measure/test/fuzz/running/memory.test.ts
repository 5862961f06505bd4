import { expect, test } from 'vitest'
import { growsSteadily } from '../../../src/fuzz/running/memory.ts'

const megabyte = 1 << 20

test('memory that grows each time grows', () => {
  expect(
    growsSteadily(
      [10, 12, 14, 16].map((each) => each * megabyte),
      1000,
    ),
  ).toBe(true)
})

test.each([
  ['that stays', [10, 10, 10, 10]],
  ['that was still being warmed up', [10, 15, 15, 15]],
  ['that shrinks once', [10, 12, 11, 14]],
])('memory %s does not grow', (_, measured) => {
  expect(
    growsSteadily(
      measured.map((each) => each * megabyte),
      1000,
    ),
  ).toBe(false)
})

test('one measurement says nothing', () => {
  expect(growsSteadily([megabyte], 1000)).toBe(false)
})
