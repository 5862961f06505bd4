import { expect, test } from 'vitest'
import { issuerKeys } from '../../src/android-key-attestation/index.ts'
import { codeOf } from '../codes.ts'
import { keys } from './phone.ts'

const key = { key: keys.root.publicKey, written: 'as it stood' }

test('keeps the keys that were used last', () => {
  const kept = issuerKeys(2)
  kept.set('a', key)
  kept.set('b', key)
  expect(kept.get('a')).toBe(key)
  kept.set('c', key)
  expect(['a', 'b', 'c'].map((path) => kept.get(path) !== undefined)).toEqual([true, false, true])
})

test('what is asked for and not there takes no place', () => {
  const kept = issuerKeys(2)
  kept.set('a', key)
  expect(kept.get('b')).toBeUndefined()
  kept.set('c', key)
  expect(kept.get('a')).toBe(key)
})

test('one place is enough', () => {
  const kept = issuerKeys(1)
  kept.set('a', key)
  kept.set('b', key)
  expect(['a', 'b'].map((path) => kept.get(path))).toEqual([undefined, key])
})

test('a key that is set again takes no second place', () => {
  const kept = issuerKeys(2)
  for (const path of ['a', 'b', 'b', 'b']) kept.set(path, key)
  expect(kept.get('a')).toBe(key)
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a capacity of %d is misuse',
  async (capacity) => {
    expect(await codeOf(() => issuerKeys(capacity))).toBe('ERR_INVALID_ARG_VALUE')
  },
)
