import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { contextWith, genuine, signer, verifying } from '../vendor.ts'

const first = { platform: 'android', package: 'com.example.first', signers: ['cd'.repeat(32)] } as const
const second = { platform: 'android', package: genuine.package, signers: ['ef'.repeat(32), signer] } as const

test('one of several apps, and one of its signers', async () => {
  expect(await codeOf(() => verifying(genuine, contextWith({ apps: [first, second] })))).toBe('accepted')
})

test.each([
  ['another package', { ...genuine, package: 'com.example.other' }],
  ['another signer', { ...genuine, signer: '00'.repeat(32) }],
  ['package and signer of two apps', { ...genuine, package: first.package }],
])('%s: EXAMPLE_APP_IDENTITY', async (_, statement) => {
  const context = contextWith({ apps: [first, second] })
  expect(await codeOf(() => verifying(statement, context))).toBe('EXAMPLE_APP_IDENTITY')
})

test('an app of another platform: EXAMPLE_APP_IDENTITY', async () => {
  const context = contextWith({ apps: [{ platform: 'ios', appId: genuine.package }] })
  expect(await codeOf(() => verifying(genuine, context))).toBe('EXAMPLE_APP_IDENTITY')
})
