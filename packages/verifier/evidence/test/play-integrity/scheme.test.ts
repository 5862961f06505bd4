import { describe, expect, test } from 'vitest'
import {
  playIntegrityScheme,
  type PlayIntegrityClaims,
  type PlayIntegritySettings,
} from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'
import {
  binding,
  decryptionSecret,
  genuine,
  itemOf,
  now,
  requestDetails,
  signer,
  token,
  verificationKeys,
} from './google-play.ts'
import { budgetOf } from '../../src/play-integrity/settings.ts'

const asked: unknown[] = []
const { nonce: _, ...details } = requestDetails
const scheme = playIntegrityScheme({
  decode: (...question) => {
    asked.push(question)
    return Promise.resolve({ ...genuine, requestDetails: { ...details, requestHash: binding } })
  },
})
const keys = {
  decryption: decryptionSecret.toString('base64'),
  verification: verificationKeys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
}
const app = { id: 'an-app', package: 'com.example.app', signers: [signer] }
const settings: PlayIntegritySettings = { request: 'classic', calls_per_day: 7, max_age: 300 }
const expected = {
  app,
  settings,
  commitment: scheme.commitment(binding),
  now,
  asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: true },
  secret: (): Promise<unknown> => Promise.resolve(keys),
}
const accepted = (changes: Partial<typeof expected> = {}) =>
  scheme.verify(scheme.parse(itemOf(token())), { ...expected, ...changes })

test('a token of a classic request is read with the keys of the app', async () => {
  const { verified, ...kept } = await accepted()
  expect(verified.claims).toMatchObject({ package: 'com.example.app', versionCode: 42 })
  expect(Object.keys(kept)).toEqual(['remembered'])
  expect(scheme.versionCode(verified.claims, 'com.example.app')).toBe(42)
  expect(scheme.isKeyInHardware(verified.claims)).toBe(false)
  expect(scheme.signers?.(verified.claims)).toBe(verified.claims.signers)
  expect(asked).toEqual([])
})

test('a token of a standard request is decoded by Google, within the budget of the app', async () => {
  const standard = { ...settings, request: 'standard' } as const
  await accepted({ settings: standard, secret: () => Promise.reject(new Error('no secret is asked for')) })
  expect(asked).toEqual([
    [
      {
        app: 'an-app',
        package: 'com.example.app',
        asker: expected.asker,
        budget: { calls: 7, reserve: 3, perNetwork: 10, perKey: { own: 10, shared: 1_000 } },
        whenSpent: 'refuse',
      },
      expect.any(String) as string,
    ],
  ])
})

test('the budget is the configured one, and has no reserve if nobody could use it', () => {
  const set = { reserve: 5, calls_per_network: 2, calls_per_key: { own: 1, shared: 3 } }
  expect(budgetOf({ ...settings, ...set }, true)).toEqual({
    calls: 7,
    reserve: 5,
    perNetwork: 2,
    perKey: set.calls_per_key,
  })
  expect(budgetOf({ ...settings, ...set }, false).reserve).toBe(0)
  expect(budgetOf({ ...settings, reserve: 8 }, true).reserve).toBe(7)
  expect(budgetOf({ ...settings, calls_per_day: 5_000 }, true).perNetwork).toBe(50)
})

test('the age that a verdict may have is set for the app', async () => {
  expect(await codeOf(() => accepted({ settings: { ...settings, max_age: 1 } }))).toBe('PLAY_INTEGRITY_STALE')
})

test('keys that are missing are a malfunction, and no verdict', async () => {
  const fault = await codeOf(() => accepted({ secret: () => Promise.resolve(undefined) }))
  expect(fault).toMatchObject({ name: 'Error' })
})

test('remembered evidence is recalled under the current registration', async () => {
  const { remembered, verified } = await accepted()
  expect(await scheme.recall!(remembered, { app, settings })).toEqual(verified)
  const standing = { app: { ...app, package: 'com.example.other' }, settings }
  expect(await codeOf(() => scheme.recall!(remembered, standing))).toBe('PLAY_INTEGRITY_PACKAGE')
})

describe('the secret of an app', () => {
  const { secret } = scheme.settings
  test('is the two keys of the Play Console', () => {
    expect(secret?.name).toBe('play-integrity-keys')
    expect(secret?.isUsable(keys)).toBe(true)
  })
  test.each([
    ['no keys', undefined],
    ['one of them', { decryption: keys.decryption }],
    ['a member besides', { ...keys, other: '' }],
    ['a verification key that is none', { ...keys, verification: 'A'.repeat(100) }],
  ])('is refused when it is given: %s', (_name, value) => {
    expect(secret?.isUsable(value)).toBe(false)
  })
})

test('settings say which requests, how many calls, and how old', () => {
  const { schema, example } = scheme.settings
  expect(schema.parse(example)).toEqual(example)
  for (const changes of [{ request: 'other' }, { calls_per_day: 0 }, { max_age: 86_401 }])
    expect(schema.safeParse({ ...settings, ...changes }).success).toBe(false)
})

test.each([
  [36, 'Android 16'],
  [27, 'Android 8.1'],
  [10_000, undefined],
  [undefined, undefined],
])('a device of API level %s is stated as %s', (sdkVersion, osVersion) => {
  expect(scheme.device?.({ sdkVersion } as PlayIntegrityClaims)).toEqual({ osVersion })
})
