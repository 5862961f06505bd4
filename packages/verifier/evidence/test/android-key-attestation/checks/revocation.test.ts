import { expect, test } from 'vitest'
import { integer } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'

test.each(['d1', 'c1', 'b1'])(
  'certificate %s revoked: ANDROID_KEY_REVOKED; suspended: ANDROID_KEY_SUSPENDED',
  async (serial) => {
    expect(await codeOf(() => verifying({}, { listed: { [serial]: 'revoked' } }))).toBe('ANDROID_KEY_REVOKED')
    expect(await codeOf(() => verifying({}, { listed: { [serial]: 'suspended' } }))).toBe(
      'ANDROID_KEY_SUSPENDED',
    )
  },
)

test('the serial number of the leaf, which is 1 on every device, is not looked up', async () => {
  expect(await codeOf(() => verifying({}, { listed: { 1: 'revoked' } }))).toBe('accepted')
})

test.each([
  [0xffn, 'ff'],
  [0x0abcn, 'abc'],
  [0n, '0'],
  [-1n, 'ff'],
  [-0x100n, 'ff00'],
  [0xc000000000000001n, 'c000000000000001'],
])('serial number %d is looked up as %s', async (serial, listed) => {
  const template = { certificates: { 1: { serial } } }
  expect(integer(serial).length).toBeGreaterThan(2)
  expect(await codeOf(() => verifying(template, { listed: { [listed]: 'revoked' } }))).toBe(
    'ANDROID_KEY_REVOKED',
  )
})

test('a source that cannot answer is a malfunction', async () => {
  const fault = new Error('the list is too old')
  const revocation = { stateOf: () => Promise.reject(fault) }
  await expect(verifying({}, { revocation })).rejects.toBe(fault)
})
