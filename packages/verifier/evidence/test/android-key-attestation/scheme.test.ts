import { describe, expect, test } from 'vitest'
import { androidKeyScheme, type AndroidKeyClaims } from '../../src/android-key-attestation/index.ts'
import type { Expected } from '../../src/index.ts'
import { codeOf } from '../codes.ts'
import { chainOf, itemOf, keys, now, spkiOf, type ChainTemplate } from './phone.ts'
import { challenge, packageName, signer } from './write-key-description.ts'

const scheme = androidKeyScheme({
  anchors: [{ name: 'vendor', publicKey: spkiOf(keys.root) }],
  revocation: { stateOf: () => Promise.resolve('not_listed') },
})
const { example } = scheme.settings
const app = { id: 'com.example.app', package: packageName, signers: [signer] }
const expected: Expected<typeof example> = {
  app,
  settings: example,
  commitment: challenge,
  now,
  asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: false },
  secret: () => Promise.resolve(undefined),
}
const accepted = (template: ChainTemplate = {}, changes: Partial<typeof expected> = {}) =>
  scheme.verify(scheme.parse(itemOf(chainOf(template))), { ...expected, ...changes })

describe('limits attach to the key that signed the attestation', () => {
  test('of a batch of phones, if the factory provisioned it', async () => {
    const { vouchingKey, verified, attestedKeySha256 } = await accepted()
    const { attestationKeySha256: id, keySha256 } = verified.claims
    expect(vouchingKey).toEqual({ kind: 'android-batch', id, perDay: 1_000 })
    expect(attestedKeySha256).toBe(keySha256)
  })
  test('of one phone, if it was provisioned remotely or in an unknown way', async () => {
    const remote = await accepted({ kind: 'remote' })
    expect(remote.vouchingKey).toMatchObject({ kind: 'android-device', perDay: 5 })
  })
  test('and have kinds that the scheme declares', () => {
    expect(scheme.vouchingKeys).toEqual([
      { kind: 'android-device', isShared: false },
      { kind: 'android-batch', isShared: true },
    ])
  })
})

test('the app is the registered one, in package and signers', async () => {
  const other = { ...app, package: 'com.example.other' }
  expect(await codeOf(() => accepted({}, { app: other }))).toBe('ANDROID_KEY_PACKAGE')
  const resigned = { ...app, signers: ['cd'.repeat(32)] }
  expect(await codeOf(() => accepted({}, { app: resigned }))).toBe('ANDROID_KEY_SIGNER')
})

test('an app without a registered certificate is a malfunction, and no verdict', async () => {
  const fault = await codeOf(() => accepted({}, { app: { ...app, signers: [] } }))
  expect(fault).toMatchObject({ name: 'Error' })
})

test('remembered evidence is recalled under the current registration', async () => {
  const { remembered, verified } = await accepted()
  const again = await scheme.recall!(remembered, { app, settings: example })
  expect(again).toEqual(verified)
  const standing = { app: { ...app, package: 'com.example.other' }, settings: example }
  expect(await codeOf(() => scheme.recall!(remembered, standing))).toBe('ANDROID_KEY_PACKAGE')
})

test('the version code is that of the package, and of no other', () => {
  const claims = { versionCodes: { [packageName]: 7 } } as unknown as AndroidKeyClaims
  expect(scheme.versionCode(claims, packageName)).toBe(7)
  expect(scheme.signers?.(claims)).toBe(claims.signatureDigests)
  expect(scheme.versionCode(claims, 'toString')).toBeUndefined()
})

test.each([
  ['TrustedEnvironment', 'StrongBox', true],
  ['Software', 'StrongBox', false],
  ['TrustedEnvironment', 'Software', false],
] as const)('attestation %s, key %s: in hardware %s', (attestation, key, isInHardware) => {
  const claims = { attestationSecurityLevel: attestation, keyMintSecurityLevel: key } as AndroidKeyClaims
  expect(scheme.isKeyInHardware(claims)).toBe(isInHardware)
})

test.each([
  ['hardware', null, true],
  ['hardware', 'assay-js/0.1.0', true],
  ['vouched', 'assay-android/0.1.0', false],
  [undefined, 'assay-android/0.1.0', true],
  [undefined, 'assay-js/0.1.0', false],
  [undefined, 'assay-androids/0.1.0', false],
  [undefined, null, false],
] as const)('holder_key %s and the SDK %s: a key in hardware is demanded: %s', (holderKey, sdk, demanded) => {
  const { example: settings } = scheme.settings
  expect(scheme.demandsHardwareKey?.({ ...settings, holder_key: holderKey }, { sdk })).toBe(demanded)
})

test('settings know two ways to keep a key, and may say nothing of it', () => {
  const { schema } = scheme.settings
  const { enrolments_per_day } = example
  expect(schema.parse({ enrolments_per_day })).toEqual({ enrolments_per_day })
  for (const holderKey of ['software', '', null, true])
    expect(schema.safeParse({ enrolments_per_day, holder_key: holderKey }).success).toBe(false)
})

test('settings have limits of one and more', () => {
  const { schema } = scheme.settings
  expect(schema.parse(example)).toEqual(example)
  for (const device of [0, 1.5, 1e10, '5'])
    expect(schema.safeParse({ enrolments_per_day: { device, batch: 1 } }).success).toBe(false)
})

test.each([
  ['TrustedEnvironment', true, 'Verified', true],
  ['Software', true, 'Verified', false],
  ['TrustedEnvironment', false, 'Verified', false],
  ['TrustedEnvironment', true, 'SelfSigned', false],
] as const)(
  'a key in %s, locked %s, boot %s: it vouches for the app: %s',
  (level, deviceLocked, verifiedBootState, vouches) => {
    const levels = { attestationSecurityLevel: level, keyMintSecurityLevel: level }
    const claims = { ...levels, deviceLocked, verifiedBootState } as unknown as AndroidKeyClaims
    expect(scheme.vouchesForApp?.(claims)).toBe(vouches)
  },
)

test.each([
  [160_000, 202_610, { osVersion: 'Android 16', patchLevel: '2026-10' }],
  [80_100, 202_001, { osVersion: 'Android 8.1', patchLevel: '2020-01' }],
  [null, null, { osVersion: undefined, patchLevel: undefined }],
  // What some devices write.
  [0, 2_026, { osVersion: undefined, patchLevel: undefined }],
  [10_000, 20_261_001, { osVersion: 'Android 1', patchLevel: undefined }],
])('a device of system %s and patches %s is stated as %j', (osVersion, osPatchLevel, stated) => {
  expect(scheme.device?.({ osVersion, osPatchLevel } as AndroidKeyClaims)).toEqual(stated)
})
