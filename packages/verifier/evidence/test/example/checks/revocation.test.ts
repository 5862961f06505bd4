import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { contextWith, genuine, verifying } from '../vendor.ts'

test.each(['revoked', 'suspended'] as const)('%s: EXAMPLE_REVOKED', async (state) => {
  expect(await codeOf(() => verifying(genuine, contextWith({ state })))).toBe('EXAMPLE_REVOKED')
})

test('a source that cannot answer is a malfunction, and never means not listed', async () => {
  const fault = new Error('the list is too old')
  const context = contextWith({ revocation: { stateOf: () => Promise.reject(fault) } })
  await expect(verifying(genuine, context)).rejects.toBe(fault)
})
