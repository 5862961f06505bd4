import { expect, test } from 'vitest'
import { duration, relative, timesInWords } from '../../src/terminal/durations.ts'

test.each([
  [0, '0 s'],
  [0.4, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [252, '4 min 12 s'],
  [3_600, '1 h'],
  [90_000, '1 d 1 h'],
  [86_460, '1 d'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})

test('once is not 1 times', () => {
  expect([1, 2].map(timesInWords)).toEqual(['once', '2 times'])
})

test('a time is told from now, either way', () => {
  expect(relative(1_000, 61_000)).toBe('1 min ago')
  expect(relative(61_000, 1_000)).toBe('in 1 min')
  expect(relative(1_000, 1_200)).toBe('just now')
})
