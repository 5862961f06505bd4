import { expect, test } from 'vitest'
import { attestationContext, type AttestationContextInput } from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'
import { contextInput } from './apple-authority.ts'

test('a context keeps what it was given', () => {
  expect(attestationContext(contextInput)).toEqual(contextInput)
  expect(Object.isFrozen(attestationContext(contextInput))).toBe(true)
})

test.each([
  ['no commitment', { commitment: new Uint8Array() }],
  ['no clock', { now: 0 }],
  ['milliseconds', { now: 1e11 }],
  ['a clock that gives nothing', { now: NaN }],
  ['no anchors', { anchors: [] }],
  ['no apps', { apps: [] }],
  ['an app of another platform', { apps: [{ platform: 'android', appId: 'x' } as never] }],
  ['a nameless app', { apps: [{ platform: 'ios', appId: '' }] }],
  ['a nameless app besides', { apps: [...contextInput.apps, { platform: 'ios', appId: '' }] }],
  ['an unknown environment besides', { environments: ['production', 'sandbox' as never] }],
  ['no environments', { environments: [] }],
  ['an unknown environment', { environments: ['sandbox' as never] }],
  ['no cache', { intermediates: undefined as never }],
  ['an unknown system', { system: 'android' as never }],
] satisfies [string, Partial<AttestationContextInput>][])('misuse: %s', async (_, changes) => {
  expect(await codeOf(() => attestationContext({ ...contextInput, ...changes }))).toBe(
    'ERR_INVALID_ARG_VALUE',
  )
})
