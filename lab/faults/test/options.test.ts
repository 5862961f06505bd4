import { expect, test } from 'vitest'
import { readOptions } from '../src/options.ts'

const names = ['kill.banning', 'kill.rotating', 'clock.hour']

test('without arguments every fault is asked for, at length', () => {
  const { json, short, store, isAsked } = readOptions([], names)
  expect({ json, short, store }).toEqual({ json: false, short: false, store: undefined })
  expect(names.every(isAsked)).toBe(true)
})

test('--only takes names, and what they begin with up to a dot', () => {
  expect(names.filter(readOptions(['--only', 'kill'], names).isAsked)).toEqual([
    'kill.banning',
    'kill.rotating',
  ])
  expect(names.filter(readOptions(['--only', 'clock.hour,kill.banning'], names).isAsked)).toEqual([
    'kill.banning',
    'clock.hour',
  ])
})

test.each([
  [['--only', 'kil'], 'names no fault: kil'],
  [['--only', ''], 'names no fault: (nothing)'],
  [['--store', 'mysql'], 'names no store: mysql'],
  [['--write-docs', '--only', 'kill'], 'writes all rows'],
  [['--fast'], '--fast'],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args, names)).toThrow(message)
})
