import { expect, expectTypeOf, test } from 'vitest'
import type { RevocationState, Verified } from '../../src/index.ts'
import {
  recall,
  remember,
  statusListSource,
  type AndroidKeyClaims,
  type StandingExpectation,
} from '../../src/android-key-attestation/index.ts'
import { boolean, integer } from '../../../codec/test/der/encode.ts'
import { codeOf } from '../codes.ts'
import { contextWith, keys, names, now, spkiOf, valid, verifying, type ChainTemplate } from './phone.ts'
import { enumerated, packageName, rootOfTrust, signer } from './write-key-description.ts'

/** As a column of a database gives it back. */
const storedOf = async (template: ChainTemplate = {}): Promise<unknown> =>
  JSON.parse(JSON.stringify(remember(await verifying(template))))
const withClaims = (value: unknown, changes: object): unknown => {
  const { claims, ...rest } = value as { claims: object }
  return { ...rest, claims: { ...claims, ...changes } }
}

const today: StandingExpectation = contextWith()
const refusal = (value: unknown, changes: Partial<StandingExpectation> = {}) =>
  codeOf(() => recall(value, { ...today, ...changes }))
const listing = (listed: Record<string, RevocationState>): Partial<StandingExpectation> => ({
  revocation: { stateOf: (serial) => Promise.resolve(listed[serial] ?? 'not_listed') },
})

test('remembered evidence is recalled even after its certificates have expired', async () => {
  const verified = await verifying({ kind: 'remote' })
  const again = await recall(JSON.parse(JSON.stringify(remember(verified))), contextWith({ now: now + 1e8 }))
  expectTypeOf(again).toEqualTypeOf<Verified<AndroidKeyClaims>>()
  expect(again).toEqual(verified)
  expect(Object.values(again.claims).every((value) => Object.isFrozen(value))).toBe(true)
})

test.each(['d1', 'c1', 'b1'])('serial %s on the list of today', async (serial) => {
  const value = await storedOf()
  expect(await refusal(value, listing({ [serial]: 'revoked' }))).toBe('ANDROID_KEY_REVOKED')
  expect(await refusal(value, listing({ [serial]: 'suspended' }))).toBe('ANDROID_KEY_SUSPENDED')
})

test('a suspension that the list lifts is lifted', async () => {
  const value = await storedOf()
  expect(await refusal(value, listing({ d1: 'suspended' }))).toBe('ANDROID_KEY_SUSPENDED')
  expect(await refusal(value, listing({}))).toBe('accepted')
})

test('a revocation source that fails is a malfunction', async () => {
  const fault = new Error('the list is too old')
  const revocation = { stateOf: () => Promise.reject(fault) }
  expect(await refusal(await storedOf(), { revocation })).toBe(fault)
  const none = statusListSource(() => undefined, { maxAge: 60, now: () => now })
  expect(await refusal(await storedOf(), { revocation: none })).toMatchObject({ name: 'StatusListError' })
})

test('ANDROID_KEY_ANCHOR: the root is no longer trusted, whatever its name', async () => {
  const value = await storedOf()
  const other = { name: 'vendor', publicKey: spkiOf(keys.other) }
  expect(await refusal(value, { anchors: [other] })).toBe('ANDROID_KEY_ANCHOR')
  expect(await refusal(value, { anchors: [other, { ...other, publicKey: spkiOf(keys.root) }] })).toBe(
    'accepted',
  )
})

const app = { platform: 'android', package: packageName, signers: [signer] } as const
test('ANDROID_KEY_PACKAGE: the app is no longer expected', async () => {
  const value = await storedOf()
  expect(await refusal(value, { apps: [{ ...app, package: 'com.example.other' }] })).toBe(
    'ANDROID_KEY_PACKAGE',
  )
  const shared = withClaims(value, { packageNames: [packageName, 'com.example.second'] })
  expect(await refusal(shared)).toBe('ANDROID_KEY_PACKAGE')
})

test('ANDROID_KEY_SIGNER: the signer is no longer expected', async () => {
  const value = await storedOf()
  const signers = ['cd'.repeat(32)] as const
  expect(await refusal(value, { apps: [{ ...app, signers }] })).toBe('ANDROID_KEY_SIGNER')
  expect(await refusal(value, { apps: [{ ...app, signers: [...signers, signer] }] })).toBe('accepted')
})

test('the state of device and key is not judged: that is for the policy of today', async () => {
  const hardware = { 704: rootOfTrust({ state: enumerated(2), locked: boolean(0) }), 706: undefined }
  const value = await storedOf({ statement: { keyMintLevel: 0, hardware } })
  const { claims } = await recall(value, today)
  expect(claims).toMatchObject({
    keyMintSecurityLevel: 'Software',
    verifiedBootState: 'Unverified',
    deviceLocked: false,
    osPatchLevel: null,
  })
})

test.each([
  ['no serials', { serials: [] }],
  ['a serial in capitals', { serials: ['D1'] }],
  ['a serial with leading zeros', { serials: ['0d1'] }],
  ['a serial with something after it', { serials: ['d1 '] }],
  ['a serial that is a number', { serials: [209] }],
  ['no packages', { packageNames: [] }],
  ['no signers', { signatureDigests: [] }],
  ['a signer that is no digest', { signatureDigests: ['ab'] }],
  ['no anchor', { anchorSha256: undefined }],
  ['another platform', { platform: 'ios' }],
  ['an unknown level', { keyMintSecurityLevel: 'Hardware' }],
  ['an unknown boot state', { verifiedBootState: 'verified' }],
  ['a lock that is text', { deviceLocked: 'true' }],
  ['a patch level that is text', { osPatchLevel: '202610' }],
  ['a version code that is text', { versionCodes: { [packageName]: '7' } }],
  ['a version code of more than 64 bits', { versionCodes: { [packageName]: 2 ** 64 } }],
  ['an unknown claim', { rooted: false }],
])('a stored value with %s is a malfunction', async (_, changes) => {
  const fault = await refusal(withClaims(await storedOf(), changes))
  expect(fault).toBeInstanceOf(Error)
  expect((fault as Error).name).toBe('Error')
})

test('a version code of 64 bits is recalled', async () => {
  expect(await refusal(withClaims(await storedOf(), { versionCodes: { [packageName]: 2 ** 63 } }))).toBe(
    'accepted',
  )
})

test('serial numbers are as long as vendors make them', async () => {
  const value = await storedOf({ certificates: { 1: { serial: 0xc35747a084470c3135aeefe2b8d40cd6n } } })
  expect(await refusal(value)).toBe('accepted')
  expect(await refusal(value, listing({ c35747a084470c3135aeefe2b8d40cd6: 'revoked' }))).toBe(
    'ANDROID_KEY_REVOKED',
  )
})

test('the serial number 0 has a form, too', async () => {
  const value = await storedOf({ certificates: { 1: { serial: 0 } } })
  expect(await refusal(value)).toBe('accepted')
  expect(await refusal(value, listing({ 0: 'revoked' }))).toBe('ANDROID_KEY_REVOKED')
})

test('every claim has a form: chains of other kinds are recalled as well', async () => {
  const template: ChainTemplate = {
    rearrange: ([leaf, device, , root]) => [leaf!, device!, root!],
    certificates: { 1: { issuer: names.root, by: keys.root, validity: valid } },
    statement: {
      version: 2,
      hardware: { 704: rootOfTrust({ hash: [] }), 705: integer(-1), 9999: integer(1) },
    },
  }
  expect(await refusal(await storedOf(template))).toBe('accepted')
})

test.each([
  ['no anchors', { anchors: [] }],
  ['no apps', { apps: [] }],
  ['an app without signers', { apps: [{ ...app, signers: [] as never }] }],
  ['iOS apps only', { apps: [{ platform: 'ios', appId: 'TEAM123456.com.example.app' }] }],
  ['no revocation source', { revocation: undefined as never }],
] satisfies [string, Partial<StandingExpectation>][])('misuse: %s', async (_, changes) => {
  expect(await refusal(await storedOf(), changes)).toBe('ERR_INVALID_ARG_VALUE')
})
