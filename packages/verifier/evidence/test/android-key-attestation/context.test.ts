import { expect, test } from 'vitest'
import { androidKeyContext, issuerKeys } from '../../src/android-key-attestation/index.ts'
import { codeOf } from '../codes.ts'
import { contextWith, now, strict } from './phone.ts'

const input = { ...contextWith() }

test('a context holds what was given, and does not change', () => {
  const context = androidKeyContext(input)
  expect(context).toEqual(input)
  expect(Object.isFrozen(context)).toBe(true)
})

test('policies that say everything', () => {
  for (const minSecurityLevel of ['Software', 'TrustedEnvironment', 'StrongBox'] as const) {
    for (const month of [100001, 202601, 202609, 202610, 202612, 999912]) {
      const policy = { ...strict, minOsPatchLevel: month }
      expect(androidKeyContext({ ...input, policy }).policy).toEqual(policy)
    }
    const policy = {
      ...strict,
      minSecurityLevel,
      allowedBootKeys: ['ab'.repeat(32)],
      minOsPatchLevel: 202601,
    }
    expect(androidKeyContext({ ...input, policy }).policy).toEqual(policy)
  }
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
  ['no policy', { policy: undefined }],
  ['null for it', { policy: null }],
  ['an empty policy', { policy: {} }],
  ...Object.keys(strict).map((name) => [`no ${name}`, { policy: { ...strict, [name]: undefined } }] as const),
  ['an unknown level', { policy: { ...strict, minSecurityLevel: 'Hardware' } }],
  ['text for a choice', { policy: { ...strict, requireLocked: 'true' } }],
  ['text for another', { policy: { ...strict, requireVerifiedBoot: 'true' } }],
  ['a boot key in capitals', { policy: { ...strict, allowedBootKeys: ['AB'.repeat(32)] } }],
  ['a boot key with something before it', { policy: { ...strict, allowedBootKeys: [' ab'] } }],
  ['a boot key with something after it', { policy: { ...strict, allowedBootKeys: ['ab '] } }],
  ['half an octet of a boot key', { policy: { ...strict, allowedBootKeys: ['abc'] } }],
  ['a boot key of 65 octets', { policy: { ...strict, allowedBootKeys: ['ab'.repeat(65)] } }],
  ['an empty boot key', { policy: { ...strict, allowedBootKeys: ['ab', ''] } }],
  ['a patch level that is a day', { policy: { ...strict, minOsPatchLevel: 20260105 } }],
  ['a patch level that is no month', { policy: { ...strict, minOsPatchLevel: 202613 } }],
  ['a patch level without month', { policy: { ...strict, minOsPatchLevel: 202600 } }],
  ['a patch level of a year with three digits', { policy: { ...strict, minOsPatchLevel: 99901 } }],
  ['a patch level that is text', { policy: { ...strict, minOsPatchLevel: '202601' } }],
  ['half a patch level', { policy: { ...strict, minOsPatchLevel: 202601.5 } }],
]

test.each(changes)('%s is misuse', async (_, change) => {
  const changed = { ...input, issuers: issuerKeys(), ...change } as typeof input
  expect(await codeOf(() => androidKeyContext(changed))).toBe('ERR_INVALID_ARG_VALUE')
})
