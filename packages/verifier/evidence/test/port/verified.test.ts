import { expect, test } from 'vitest'
import { asVerified } from '../../src/port/verified.ts'

test('verified claims do not change any more', () => {
  const verified = asVerified('software', { measured: true })
  expect(verified).toEqual({ format: 'software', claims: { measured: true } })
  expect(Object.isFrozen(verified)).toBe(true)
  expect(Object.isFrozen(verified.claims)).toBe(true)
})
