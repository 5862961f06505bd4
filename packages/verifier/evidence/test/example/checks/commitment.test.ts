import { encodeBase64url, utf8 } from '@assay/protocol'
import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { binding, genuine, verifying } from '../vendor.ts'

test.each([
  ['another binding', `${binding.slice(0, -1)}G`],
  ['a shorter one', binding.slice(0, -1)],
  ['none', ''],
])('made for %s: EXAMPLE_COMMITMENT', async (_, text) => {
  const statement = { ...genuine, commitment: encodeBase64url(utf8(text)) }
  expect(await codeOf(() => verifying(statement))).toBe('EXAMPLE_COMMITMENT')
})
