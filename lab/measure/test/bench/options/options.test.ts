import { expect, test } from 'vitest'
import { readOptions, usageOf } from '../../../src/bench/options/options.ts'

const groups = ['guard', 'sdk']
const none = { json: false, jsonl: undefined, short: false, long: false, only: undefined, check: undefined }

test('the bench takes its options, and names what else was given', () => {
  expect(readOptions([], groups)).toEqual(none)
  expect(readOptions(['--only', 'sdk', '--json', '--short', '--jsonl', 'rows'], groups)).toEqual({
    ...none,
    ...{ json: true, jsonl: 'rows', short: true, only: 'sdk' },
  })
  expect(readOptions(['--check', 'file'], groups)).toEqual({ ...none, check: 'file' })
  expect(readOptions(['--long'], groups)).toEqual({ ...none, long: true })
  expect(() => readOptions(['--long', '--short'], groups)).toThrow('exclude')
  expect(() => readOptions(['--bogus'], groups)).toThrow('--bogus')
  expect(() => readOptions(['--only', 'nonsense'], groups)).toThrow('nonsense')
  expect(() => readOptions(['--only'], groups)).toThrow('--only')
  expect(() => readOptions(['--check', 'file', '--short'], groups)).toThrow('--check')
  expect(usageOf(groups)).toContain('guard, sdk')
})
