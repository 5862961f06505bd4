import { expect, test } from 'vitest'
import { readOptions, usageOf } from '../../src/options/options.ts'

const groups = ['guard', 'sdk']

test('the bench takes --json and one group, and names what else was given', () => {
  expect(readOptions([], groups)).toEqual({ json: false, long: false, only: undefined })
  expect(readOptions(['--only', 'sdk', '--json', '--long'], groups)).toEqual({
    json: true,
    long: true,
    only: 'sdk',
  })
  expect(() => readOptions(['--bogus'], groups)).toThrow('--bogus')
  expect(() => readOptions(['--only', 'nonsense'], groups)).toThrow('nonsense')
  expect(() => readOptions(['--only'], groups)).toThrow('--only')
  expect(usageOf(groups)).toContain('guard, sdk')
})
