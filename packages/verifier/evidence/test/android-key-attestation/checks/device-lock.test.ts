import { expect, test } from 'vitest'
import { boolean } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { rootOfTrust } from '../write-key-description.ts'

const lock = (octet: number) => ({
  statement: { hardware: { 704: rootOfTrust({ locked: boolean(octet) }) } },
})

test('an unlocked boot loader: ANDROID_KEY_UNLOCKED, although the system is verified', async () => {
  expect(await codeOf(() => verifying(lock(0)))).toBe('ANDROID_KEY_UNLOCKED')
})

test('where it may be unlocked, that is reported', async () => {
  const { claims } = await verifying(lock(0), { policy: { requireLocked: false } })
  expect(claims.deviceLocked).toBe(false)
})

test.each([1, 0x42, 0xff])('true may be written as %d', async (octet) => {
  const { claims } = await verifying(lock(octet))
  expect(claims.deviceLocked).toBe(true)
})
