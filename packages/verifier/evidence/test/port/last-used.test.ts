import { expect, test } from 'vitest'
import { lastUsed } from '../../src/port/last-used.ts'
import { codeOf } from '../codes.ts'

test('keeps the values that were used last', () => {
  const kept = lastUsed<number>(2)
  kept.set('a', 1)
  kept.set('b', 2)
  expect(kept.get('a')).toBe(1)
  kept.set('c', 3)
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([1, undefined, 3])
})

test('a missing entry takes no place', () => {
  const kept = lastUsed<number>(2)
  kept.set('a', 1)
  expect(kept.get('b')).toBeUndefined()
  kept.set('c', 3)
  expect(kept.get('a')).toBe(1)
})

test('one place is enough', () => {
  const kept = lastUsed<number>(1)
  kept.set('a', 1)
  kept.set('b', 2)
  expect(['a', 'b'].map((key) => kept.get(key))).toEqual([undefined, 2])
})

test('a value that is set again takes no second place, and counts as used', () => {
  const kept = lastUsed<number>(2)
  for (const key of ['a', 'b', 'b', 'a']) kept.set(key, 1)
  kept.set('c', 3)
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([1, undefined, 3])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a capacity of %d is misuse',
  async (capacity) => {
    expect(await codeOf(() => lastUsed(capacity))).toBe('ERR_INVALID_ARG_VALUE')
  },
)
