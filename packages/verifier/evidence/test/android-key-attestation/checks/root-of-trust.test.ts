import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { rootOfTrust } from '../write-key-description.ts'

test.each([
  ['in neither list', { hardware: { 704: undefined } }],
  ['in the software list only', { hardware: { 704: undefined }, software: { 704: rootOfTrust() } }],
  ['in both lists', { software: { 704: rootOfTrust() } }],
])('%s: ANDROID_KEY_ROOT_OF_TRUST', async (_, statement) => {
  expect(await codeOf(() => verifying({ statement }))).toBe('ANDROID_KEY_ROOT_OF_TRUST')
})
