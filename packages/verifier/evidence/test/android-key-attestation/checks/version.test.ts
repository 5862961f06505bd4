import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

test.each([1, 2, 3, 4, 100, 200, 300, 400, 500])('version %d is known', async (version) => {
  expect(await codeOf(() => verifying({ statement: { version } }))).toBe('accepted')
})

test.each([-1, 0, 5, 41, 99, 101, 600])('version %d: ANDROID_KEY_VERSION', async (version) => {
  expect(await codeOf(() => verifying({ statement: { version } }))).toBe('ANDROID_KEY_VERSION')
})
