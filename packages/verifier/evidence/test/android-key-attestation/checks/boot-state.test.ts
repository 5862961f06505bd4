import { expect, test } from 'vitest'
import { octets } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { bootKey, enumerated, rootOfTrust } from '../write-key-description.ts'

const booted = (state: number, key = bootKey) => ({
  statement: { hardware: { 704: rootOfTrust({ state: enumerated(state), key: octets(key) }) } },
})
const allowed = { policy: { allowedBootKeys: ['00'.repeat(32), bootKey.toString('hex')] } }

test.each([1, 2, 3])('state %d: ANDROID_KEY_BOOT_STATE', async (state) => {
  expect(await codeOf(() => verifying(booted(state)))).toBe('ANDROID_KEY_BOOT_STATE')
})

test('a self-signed system is admitted by its key, and no other state is', async () => {
  expect(await codeOf(() => verifying(booted(1), allowed))).toBe('accepted')
  expect(await codeOf(() => verifying(booted(1, Buffer.alloc(32, 1)), allowed))).toBe(
    'ANDROID_KEY_BOOT_STATE',
  )
  expect(await codeOf(() => verifying(booted(2, Buffer.alloc(32)), allowed))).toBe('ANDROID_KEY_BOOT_STATE')
  expect(await codeOf(() => verifying(booted(3), allowed))).toBe('ANDROID_KEY_BOOT_STATE')
})

test('where none is required, the state is reported as it is', async () => {
  const states = await Promise.all(
    [0, 1, 2, 3].map((state) => verifying(booted(state), { policy: { requireVerifiedBoot: false } })),
  )
  expect(states.map(({ claims }) => claims.verifiedBootState)).toEqual([
    'Verified',
    'SelfSigned',
    'Unverified',
    'Failed',
  ])
})
