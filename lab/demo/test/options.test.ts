import { expect, test } from 'vitest'
import { readOptions } from '../src/options.ts'

test('the demo takes --json, --keep and nothing else, and names what else was given', () => {
  expect(readOptions([])).toEqual({ json: false, keep: false })
  expect(readOptions(['--json'])).toEqual({ json: true, keep: false })
  for (const args of [['--bogus'], ['--json', 'bogus'], ['--json=bogus']]) {
    expect(() => readOptions(args)).toThrow(TypeError)
    expect(() => readOptions(args)).toThrow(args[0] === '--json=bogus' ? '--json' : 'bogus')
  }
})
