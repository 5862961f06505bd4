import { expect, expectTypeOf, test } from 'vitest'
import { verifyContext, type VerifyContext, type VerifyContextInput } from '../../src/index.ts'
import { codeOf } from '../codes.ts'

const android = { platform: 'android', package: 'com.example.app', signers: ['ab'.repeat(32)] } as const
const input: VerifyContextInput = {
  commitment: new Uint8Array([1]),
  now: 1_790_000_000,
  anchors: [{ name: 'vendor', publicKey: new Uint8Array([1]) }],
  revocation: { stateOf: () => Promise.resolve('not_listed') },
  apps: [android, { platform: 'ios', appId: 'TEAM123456.com.example.app' }],
}

test('a context holds what was given, and does not change', () => {
  const context = verifyContext(input)
  expect(context).toEqual(input)
  expect(Object.isFrozen(context)).toBe(true)
})

test.each([1, 1e11 - 1])('the time %d is one', (now) => {
  expect(verifyContext({ ...input, now }).now).toBe(now)
})

test('only the constructor makes one', () => {
  expectTypeOf(input).not.toExtend<VerifyContext>()
})

const without = (name: keyof VerifyContextInput) => ({ [name]: undefined })

test.each([
  ['no commitment', without('commitment')],
  ['an empty commitment', { commitment: new Uint8Array(0) }],
  ['no clock', without('now')],
  ['a clock that fails', { now: Number.NaN }],
  ['a clock at zero', { now: 0 }],
  ['the first time that must be milliseconds', { now: 1e11 }],
  ['milliseconds', { now: 1_790_000_000_000 }],
  ['no anchors', without('anchors')],
  ['empty anchors', { anchors: [] }],
  ['an anchor without key', { anchors: [...input.anchors, { name: 'empty', publicKey: new Uint8Array(0) }] }],
  ['no revocation source', without('revocation')],
  ['a revocation source that cannot be asked', { revocation: {} }],
  ['no apps', without('apps')],
  ['empty apps', { apps: [] }],
  ['an Android app without package', { apps: [{ ...android, package: '' }] }],
  ['an Android app without signers', { apps: [{ ...android, signers: [] }] }],
  ['an Android app with an empty signer', { apps: [{ ...android, signers: ['ab', ''] }] }],
  ['an iOS app without id', { apps: [android, { platform: 'ios', appId: '' }] }],
  ['an app of another platform', { apps: [{ platform: 'web', appId: 'x' }] }],
])('%s is misuse', async (_, change) => {
  const changed = { ...input, ...change } as VerifyContextInput
  expect(await codeOf(() => verifyContext(changed))).toBe('ERR_INVALID_ARG_VALUE')
})
