import { expect, test } from 'vitest'
import { readOptions } from '../../src/faults/options.ts'

const names = ['kill.banning', 'kill.rotating', 'clock.hour']

test('without arguments every fault is asked for, at length', () => {
  const { json, short, store, atOnce, isAsked } = readOptions([], names)
  expect({ json, short, store, atOnce }).toEqual({ json: false, short: false, store: undefined, atOnce: 1 })
  expect(names.every(isAsked)).toBe(true)
})

test('--only takes names, and their beginnings up to a dot', () => {
  expect(names.filter(readOptions(['--only', 'kill'], names).isAsked)).toEqual([
    'kill.banning',
    'kill.rotating',
  ])
  expect(names.filter(readOptions(['--only', 'clock.hour,kill.banning'], names).isAsked)).toEqual([
    'kill.banning',
    'clock.hour',
  ])
})

test('--at-once says how many are tried side by side', () => {
  expect(readOptions(['--at-once', '4'], names).atOnce).toBe(4)
})

test.each([
  [['--at-once', '0'], 'a whole number from 1 to 16, not 0'],
  [['--at-once', '17'], 'a whole number from 1 to 16, not 17'],
  [['--at-once', '1.5'], 'a whole number from 1 to 16, not 1.5'],
  [['--at-once', 'two'], 'a whole number from 1 to 16, not two'],
  [['--only', 'kil'], 'no fault kil'],
  [['--only', ''], 'no fault (nothing)'],
  [['--store', 'mysql'], 'no store mysql'],
  [['--write-docs', '--only', 'kill'], 'writes all rows'],
  [['--fast'], '--fast'],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args, names)).toThrow(message)
})
