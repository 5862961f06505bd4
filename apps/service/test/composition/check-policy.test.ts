import { expect, it } from 'vitest'
import { checkPolicy } from '../../src/composition/check-policy.ts'
import { presetDocuments } from '../schemes.ts'

it('accepts the built-in policies, and says where another document fails', () => {
  for (const document of presetDocuments.values()) expect(checkPolicy(document)).toBeUndefined()
  expect(checkPolicy({})).toMatchObject({ pointer: '', code: 'POLICY_DOCUMENT' })
})
