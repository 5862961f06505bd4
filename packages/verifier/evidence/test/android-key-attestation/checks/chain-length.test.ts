import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

test.each([1, 2])('%d certificates: ANDROID_KEY_CHAIN_LENGTH', async (count) => {
  expect(await codeOf(() => verifying({ rearrange: (chain) => chain.slice(0, count) }))).toBe(
    'ANDROID_KEY_CHAIN_LENGTH',
  )
})
