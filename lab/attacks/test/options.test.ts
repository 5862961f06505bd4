import { expect, test } from 'vitest'
import { readOptions } from '../src/options.ts'

const known = ['plain-script', 'driven', 'token-stolen']

test('attacks are all, or those that are named, as a table or as JSON', () => {
  expect(readOptions([], known)).toEqual({ json: false, writeDocs: false, only: undefined })
  const some = new Set(['plain-script', 'driven'])
  for (const args of [
    ['--json', '--only', 'plain-script,driven'],
    ['--only', 'driven, plain-script', '--json'],
  ])
    expect(readOptions(args, known)).toEqual({ json: true, writeDocs: false, only: some })
  expect(readOptions(['--write-docs'], known)).toMatchObject({ writeDocs: true })
})

test.each([
  [['--bogus'], '--bogus'],
  [['plain-script'], 'plain-script'],
  [['--only'], '--only'],
  [['--only', 'plain-script,nonsense,else'], 'no attack nonsense, else. There are:\n  plain-script'],
  [['--only', ''], '(nothing)'],
  [['--write-docs', '--json'], '--write-docs'],
  [['--write-docs', '--only', 'driven'], '--write-docs'],
])('%j is refused, and what is wrong with it is named', (args, named) => {
  expect(() => readOptions(args, known)).toThrow(TypeError)
  expect(() => readOptions(args, known)).toThrow(named)
})
