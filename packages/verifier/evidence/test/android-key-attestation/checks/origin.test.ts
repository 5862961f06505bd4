import { expect, test } from 'vitest'
import { integer } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

test.each([1, 2, 3, 4, -1])('origin %d: ANDROID_KEY_ORIGIN', async (origin) => {
  expect(await codeOf(() => verifying({ statement: { hardware: { 702: integer(origin) } } }))).toBe(
    'ANDROID_KEY_ORIGIN',
  )
})

test('an origin that only the system states: ANDROID_KEY_ORIGIN', async () => {
  const statement = { hardware: { 702: undefined }, software: { 702: integer(0) } }
  expect(await codeOf(() => verifying({ statement }))).toBe('ANDROID_KEY_ORIGIN')
})

test('what the system says besides does not count', async () => {
  expect(await codeOf(() => verifying({ statement: { software: { 702: integer(2) } } }))).toBe('accepted')
})
