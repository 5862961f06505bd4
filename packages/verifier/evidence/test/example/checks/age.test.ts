import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { genuine, now, verifying } from '../vendor.ts'

test.each([now - 120, now, now + 60])('made within the window', async (made_at) => {
  expect(await codeOf(() => verifying({ ...genuine, made_at }))).toBe('accepted')
})

test.each([now - 121, now + 61, 0, -1])('made outside of it: EXAMPLE_EXPIRED', async (made_at) => {
  expect(await codeOf(() => verifying({ ...genuine, made_at }))).toBe('EXAMPLE_EXPIRED')
})
