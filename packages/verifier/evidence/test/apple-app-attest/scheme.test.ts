import { describe, expect, test } from 'vitest'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import { appAttestSchemes, type AppAttestSettings } from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'
import { anchor, appId, attestation, attestedKeys, binding, itemOf, keyIdOf, now } from './apple-authority.ts'
import { assertionItem } from './assertion-item.ts'

const [attesting, asserting] = appAttestSchemes([anchor])
const settings: AppAttestSettings = { app_ids: [appId], environments: ['production'], system: 'ios' }
const app = { id: 'com.example.app', package: 'com.example.app', signers: [] }
const expected = {
  app,
  settings,
  commitment: attesting.commitment(binding),
  now,
  asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: false },
  secret: () => Promise.resolve(undefined),
}
const receipt = cbor.bytes(Buffer.from('a receipt'))

describe('an attestation', () => {
  const accepted = (changes: Partial<AppAttestSettings> = {}) =>
    attesting.verify(attesting.parse(itemOf(attestation())), {
      ...expected,
      settings: { ...settings, ...changes },
    })

  test('returns the key for limits and for the verification of assertions', async () => {
    const { verified, vouchingKey, assertionKey } = await accepted()
    expect(vouchingKey).toEqual({ kind: 'app-attest-key', id: keyIdOf(attestedKeys).toString('base64url') })
    expect(assertionKey).toEqual(verified.claims.publicKey)
    expect(attesting.isKeyInHardware(verified.claims)).toBe(true)
    expect(attesting.vouchesForApp?.(verified.claims)).toBe(true)
    expect(attesting.vouchingKeys).toEqual([{ kind: 'app-attest-key', isShared: false }])
  })
  test('is checked against the settings of the app', async () => {
    expect(await codeOf(() => accepted({ app_ids: ['ABCDE12345.com.example.other'] }))).toBe(
      'APP_ATTEST_APP_ID',
    )
    expect(await codeOf(() => accepted({ environments: ['development'] }))).toBe('APP_ATTEST_ENVIRONMENT')
    expect(await codeOf(() => accepted({ system: 'macos' }))).toBe('APP_ATTEST_MAC_SECURITY')
  })
  test('is recalled under the settings of today', async () => {
    const { remembered, verified } = await accepted()
    const { receipt: _receipt, ...claims } = verified.claims
    const again = await attesting.recall!(remembered, { app, settings })
    expect(again.claims).toEqual(claims)
    const none = { app, settings: { ...settings, app_ids: ['ABCDE12345.com.example.other'] } }
    expect(await codeOf(() => attesting.recall!(remembered, none))).toBe('APP_ATTEST_APP_ID')
  })
  test('keeps no receipt if inquiries are off', async () => {
    const statement = { receipt }
    const with1 = await attesting.verify(attesting.parse(itemOf(attestation({ statement }))), expected)
    expect(with1).not.toHaveProperty('receipt')
  })
})

describe('an assertion', () => {
  test('claims a counter before anything of it is verified', () => {
    const forged = assertionItem({ counter: 7, signature: () => Buffer.alloc(64) })
    expect(asserting.statedCounter?.(asserting.parse(forged))).toBe(7)
    expect(attesting.statedCounter).toBeUndefined()
  })
  const accepted = async (previousCounter: number | undefined) => {
    const parsed = attesting.parse(itemOf(attestation()))
    const { assertionKey: key } = await attesting.verify(parsed, expected)
    const assertion =
      previousCounter === undefined || key === undefined ? undefined : { key, previousCounter }
    return asserting.verify(asserting.parse(assertionItem({})), { ...expected, assertion })
  }

  test('verifies with the attested key, and returns its counter', async () => {
    const { counter, verified, remembered } = await accepted(0)
    expect({ counter, remembered }).toEqual({ counter: 1, remembered: undefined })
    expect(verified.format).toBe('apple-app-attest-assertion')
    expect(asserting.asserts).toBe(attesting.descriptor.name)
    expect(asserting.isKeyInHardware(verified.claims)).toBe(false)
    expect(await codeOf(() => accepted(1))).toBe('APP_ATTEST_ASSERTION_COUNTER')
  })
  test('without that key is misuse', async () => {
    expect(await codeOf(() => accepted(undefined))).toBe('ERR_INVALID_ARG_VALUE')
  })
})

test.each([
  ['42', 42],
  ['1.2.3', undefined],
  ['1'.repeat(16), undefined],
  [undefined, undefined],
])('the bundle version %s is the version code %s', (bundleVersion, versionCode) => {
  const claims = { platform: 'ios', appId, counter: 1, ...(bundleVersion && { bundleVersion }) } as const
  expect(asserting.versionCode(claims, 'com.example.app')).toBe(versionCode)
})

test('settings name apps and environments, each once', () => {
  const { schema, example } = attesting.settings
  expect(schema.parse(example)).toEqual(example)
  for (const app_ids of [[], ['com.example.app'], [appId, appId]])
    expect(schema.safeParse({ ...settings, app_ids }).success).toBe(false)
  for (const environments of [[], ['sandbox'], ['production', 'production']])
    expect(schema.safeParse({ ...settings, environments }).success).toBe(false)
})
