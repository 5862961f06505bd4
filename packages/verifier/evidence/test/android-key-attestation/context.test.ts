import { expect, test } from 'vitest'
import { androidKeyContext, issuerKeys } from '../../src/android-key-attestation/index.ts'
import { codeOf } from '../codes.ts'
import { contextWith, now } from './phone.ts'

const input = { ...contextWith() }

test('a context holds what was given, and does not change', () => {
  const context = androidKeyContext(input)
  expect(context).toEqual(input)
  expect(Object.isFrozen(context)).toBe(true)
})

const changes: readonly (readonly [string, object])[] = [
  ['no commitment', { commitment: new Uint8Array(0) }],
  ['no clock', { now: undefined }],
  ['milliseconds', { now: now * 1000 }],
  ['no anchors', { anchors: [] }],
  ['no revocation source', { revocation: undefined }],
  ['no app', { apps: [] }],
  ['iOS apps only', { apps: [{ platform: 'ios', appId: 'TEAM123456.com.example.app' }] }],
  ["no keeper of issuers' keys", { issuers: undefined }],
  ['something else for it', { issuers: {} }],
]

test.each(changes)('%s is misuse', async (_, change) => {
  const changed = { ...input, issuers: issuerKeys(), ...change } as typeof input
  expect(await codeOf(() => androidKeyContext(changed))).toBe('ERR_INVALID_ARG_VALUE')
})
