import { expect, expectTypeOf, test } from 'vitest'
import type { Verified } from '../../src/index.ts'
import {
  playIntegrity,
  playIntegrityContext,
  recall,
  remember,
  type PlayIntegrityClaims,
  type StandingExpectation,
} from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'
import {
  appIntegrity,
  contextInput,
  itemOf,
  now,
  payloadWith,
  signer,
  token,
  type Changes,
} from './google-play.ts'

async function verified(changes: Changes = {}): Promise<Verified<PlayIntegrityClaims>> {
  const context = playIntegrityContext(contextInput)
  return playIntegrity.verify(playIntegrity.parse(itemOf(token(changes))), context)
}

/** As a column of a database gives it back. */
const storedOf = async (changes: Changes = {}): Promise<unknown> =>
  JSON.parse(JSON.stringify(remember(await verified(changes))))
const withClaims = (value: unknown, changes: object): unknown => {
  const { claims, ...rest } = value as { claims: object }
  return { ...rest, claims: { ...claims, ...changes } }
}

const refusal = (value: unknown, changes: Partial<StandingExpectation> = {}) =>
  codeOf(() => recall(value, { ...contextInput, ...changes }))

test('remembered evidence is recalled at any age', async () => {
  const deviceIntegrity = {
    deviceRecognitionVerdict: ['MEETS_DEVICE_INTEGRITY'],
    deviceAttributes: { sdkVersion: 37 },
    recentDeviceActivity: { deviceActivityLevel: 'LEVEL_2' },
    deviceRecall: { values: { bitFirst: true }, writeDates: { yyyymmFirst: 202610 } },
  }
  const environmentDetails = {
    playProtectVerdict: 'NO_ISSUES',
    appAccessRiskVerdict: { appsDetected: ['KNOWN_INSTALLED'] },
  }
  const first = await verified(payloadWith({ deviceIntegrity, environmentDetails }))
  const again = await recall(
    JSON.parse(JSON.stringify(remember(first))),
    playIntegrityContext({ ...contextInput, now: now + 1e8 }),
  )
  expectTypeOf(again).toEqualTypeOf<Verified<PlayIntegrityClaims>>()
  expect(again).toEqual(first)
})

test('PLAY_INTEGRITY_PACKAGE: the app is no longer expected', async () => {
  const other = { platform: 'android', package: 'com.example.other', signers: [signer] } as const
  expect(await refusal(await storedOf(), { apps: [other] })).toBe('PLAY_INTEGRITY_PACKAGE')
  expect(await refusal(await storedOf(), { apps: [other, ...contextInput.apps] })).toBe('accepted')
})

test('PLAY_INTEGRITY_CERTIFICATE: the signer is no longer expected', async () => {
  const app = { platform: 'android', package: 'com.example.app', signers: ['cd'.repeat(32)] } as const
  expect(await refusal(await storedOf(), { apps: [app] })).toBe('PLAY_INTEGRITY_CERTIFICATE')
})

test('PLAY_INTEGRITY_TEST_RESPONSE: a test response is refused, whoever stored it', async () => {
  const value = withClaims(await storedOf(), { testResponse: true })
  expect(await refusal(value)).toBe('PLAY_INTEGRITY_TEST_RESPONSE')
})

test('verdicts are not judged: that is for the policy of today', async () => {
  const app = { ...appIntegrity, appRecognitionVerdict: 'UNRECOGNIZED_VERSION' }
  const payload = payloadWith({ appIntegrity: app, deviceIntegrity: {}, accountDetails: {} })
  const value = await storedOf(payload)
  expect((await recall(value, contextInput)).claims).toMatchObject({
    appRecognitionVerdict: 'UNRECOGNIZED_VERSION',
    deviceRecognitionVerdict: [],
  })
})

test.each([
  ['no package', { package: undefined }],
  ['no signers', { signers: [] }],
  ['a signer that is no digest', { signers: ['ab'] }],
  ['a time that is text', { requestedAt: String(now) }],
  ['half a second', { requestedAt: 0.5 }],
  ['nothing said of tests', { testResponse: undefined }],
  ['a verdict that is a list', { appRecognitionVerdict: ['PLAY_RECOGNIZED'] }],
  ['labels that are text', { deviceRecognitionVerdict: 'MEETS_DEVICE_INTEGRITY' }],
  ['a recall with an unknown member', { deviceRecall: { bitFourth: true } }],
  ['another platform', { platform: 'ios' }],
])('a stored value with %s is a malfunction', async (_, changes) => {
  const fault = await refusal(withClaims(await storedOf(), changes))
  expect(fault).toBeInstanceOf(Error)
  expect((fault as Error).name).toBe('Error')
})

test.each([
  ['no apps', { apps: [] }],
  ['an app without signers', { apps: [{ ...contextInput.apps[0]!, signers: [] as never }] }],
] satisfies [string, Partial<StandingExpectation>][])('misuse: %s', async (_, changes) => {
  expect(await refusal(await storedOf(), changes)).toBe('ERR_INVALID_ARG_VALUE')
})
