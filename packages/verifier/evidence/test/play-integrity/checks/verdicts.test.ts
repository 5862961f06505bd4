import { describe, expect, test } from 'vitest'
import type { PlayIntegrityContextInput } from '../../../src/play-integrity/index.ts'
import {
  appIntegrity,
  binding,
  digest,
  genuine,
  now,
  payloadWith,
  refusal,
  requestDetails,
  signer,
  verifying,
  type Changes,
} from '../google-play.ts'

const requestWith = (members: object): Changes =>
  payloadWith({ requestDetails: { ...requestDetails, ...members } })
const appWith = (members: object): Changes => payloadWith({ appIntegrity: { ...appIntegrity, ...members } })

describe('PLAY_INTEGRITY_PAYLOAD', () => {
  test.each([
    ['no JSON', { payload: '{' }],
    ['a list', { payload: '[]' }],
    ['null', { payload: 'null' }],
    ['no request details', { payload: { appIntegrity } }],
    ['no package that it was requested for', requestWith({ requestPackageName: undefined })],
    ['a package that is no text', requestWith({ requestPackageName: 1 })],
    ['no time', requestWith({ timestampMillis: undefined })],
    ['a time as a number', requestWith({ timestampMillis: now * 1000 })],
    ['a time in exponents', requestWith({ timestampMillis: '1e13' })],
    ['a negative time', requestWith({ timestampMillis: '-1' })],
    ['an empty time', requestWith({ timestampMillis: '' })],
    ['a time beyond what a number holds', requestWith({ timestampMillis: '9999999999999999' })],
    ['a nonce that is a list', requestWith({ nonce: [binding] })],
    [
      'labels as one text',
      payloadWith({ deviceIntegrity: { deviceRecognitionVerdict: 'MEETS_DEVICE_INTEGRITY' } }),
    ],
    ['a label that is no text', payloadWith({ deviceIntegrity: { deviceRecognitionVerdict: [1] } })],
    ['an app that is a list', payloadWith({ appIntegrity: [] })],
    ['a version code as a number', appWith({ versionCode: 42 })],
    ['a version code beyond 64 bits', appWith({ versionCode: '9223372036854775808' })],
    ['a version code of twenty digits', appWith({ versionCode: '00000000000000000042' })],
    ['no time, as null', requestWith({ timestampMillis: null })],
    ['a level as text', payloadWith({ deviceIntegrity: { deviceAttributes: { sdkVersion: '37' } } })],
    ['half a level', payloadWith({ deviceIntegrity: { deviceAttributes: { sdkVersion: 36.5 } } })],
    [
      'a recall bit as a number',
      payloadWith({ deviceIntegrity: { deviceRecall: { values: { bitFirst: 1 } } } }),
    ],
    ['a test response as text', payloadWith({ testingDetails: { isTestingResponse: 'false' } })],
    ['a member twice', { payload: JSON.stringify(genuine).replace('{', '{"appIntegrity":{},') }],
    ['nested too deep', payloadWith({ future: [[[[[[[[1]]]]]]]] })],
  ] satisfies [string, Changes][])('%s', async (_, changes) => {
    expect(await refusal(changes)).toBe('PLAY_INTEGRITY_PAYLOAD')
  })
})

test('null is as good as missing', async () => {
  const { labels, ...none } = {
    labels: ['MEETS_DEVICE_INTEGRITY'],
    accountDetails: null,
    environmentDetails: null,
    testingDetails: null,
  }
  const deviceIntegrity = {
    deviceRecognitionVerdict: labels,
    deviceAttributes: { sdkVersion: null },
    recentDeviceActivity: { deviceActivityLevel: null },
    deviceRecall: { values: { bitFirst: null }, writeDates: null },
  }
  const changes = payloadWith({
    ...none,
    deviceIntegrity,
    appIntegrity: { ...appIntegrity, versionCode: null },
  })
  const claims = await verifying(changes)
  const left = ['versionCode', 'sdkVersion', 'deviceActivityLevel', 'deviceRecall', 'appLicensingVerdict']
  for (const claim of left) expect(claims).not.toHaveProperty(claim)
  expect(await refusal(payloadWith({ appIntegrity: null }))).toBe('PLAY_INTEGRITY_APP_RECOGNITION')
  expect(await verifying(payloadWith({ deviceIntegrity: { deviceRecognitionVerdict: null } }))).toMatchObject(
    {
      deviceRecognitionVerdict: [],
    },
  )
})

test('a version code has 64 bits, and is rounded where a number has fewer', async () => {
  expect(await verifying(appWith({ versionCode: '9223372036854775807' }))).toMatchObject({
    versionCode: 2 ** 63,
  })
})

describe('the package that it was requested for', () => {
  test('PLAY_INTEGRITY_REQUEST_PACKAGE: another one', async () => {
    expect(await refusal(requestWith({ requestPackageName: 'com.example.other' }))).toBe(
      'PLAY_INTEGRITY_REQUEST_PACKAGE',
    )
  })
  test('is the one that is installed, of several that are expected', async () => {
    const apps: PlayIntegrityContextInput['apps'] = [
      { platform: 'android', package: 'com.example.other', signers: ['cd'.repeat(32)] },
      { platform: 'android', package: 'com.example.app', signers: [signer] },
    ]
    expect(await verifying({}, { apps })).toMatchObject({ package: 'com.example.app' })
    const mixed = requestWith({ requestPackageName: 'com.example.other' })
    expect(await refusal(mixed, { apps })).toBe('PLAY_INTEGRITY_PACKAGE')
  })
})

describe('PLAY_INTEGRITY_COMMITMENT', () => {
  test.each([
    ['another nonce', { nonce: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE' }],
    ['with more than its padding', { nonce: `${binding}==` }],
    ['another, with padding', { nonce: `${binding.slice(0, -1)}A=` }],
    ['cut short', { nonce: binding.slice(0, -1) }],
    ['empty', { nonce: '' }],
    ['none', { nonce: undefined }],
    ['as request hash', { nonce: undefined, requestHash: binding }],
  ])('%s', async (_, members) => {
    expect(await refusal(requestWith(members))).toBe('PLAY_INTEGRITY_COMMITMENT')
  })
  test('the same bytes with the padding of base64 are the same nonce', async () => {
    expect(await refusal(requestWith({ nonce: `${binding}=` }))).toBe('accepted')
    const hash = requestWith({ nonce: undefined, requestHash: `${binding}=` })
    expect(await refusal(hash, { request: 'standard' })).toBe('PLAY_INTEGRITY_COMMITMENT')
  })
  test('and a standard request carries it as request hash only', async () => {
    const standard = { request: 'standard' } as const
    expect(await refusal(requestWith({ nonce: undefined, requestHash: binding }), standard)).toBe('accepted')
    expect(await refusal({}, standard)).toBe('PLAY_INTEGRITY_COMMITMENT')
  })
})

test.each([
  [300_000, 'accepted'],
  [300_001, 'PLAY_INTEGRITY_STALE'],
  [3_600_000, 'PLAY_INTEGRITY_STALE'],
  [-60_000, 'accepted'],
  [-60_001, 'PLAY_INTEGRITY_FUTURE'],
])('a verdict %d ms old', async (age, verdict) => {
  expect(await refusal(requestWith({ timestampMillis: String(now * 1000 - age) }))).toBe(verdict)
})

test('PLAY_INTEGRITY_STALE: seconds in place of milliseconds', async () => {
  expect(await refusal(requestWith({ timestampMillis: String(now) }))).toBe('PLAY_INTEGRITY_STALE')
})

test('PLAY_INTEGRITY_UNEVALUATED: no app is named', async () => {
  const changes = payloadWith({ appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } })
  expect(await refusal(changes)).toBe('PLAY_INTEGRITY_UNEVALUATED')
})

test('PLAY_INTEGRITY_TEST_RESPONSE', async () => {
  const changes = payloadWith({ testingDetails: { isTestingResponse: true } })
  expect(await refusal(changes)).toBe('PLAY_INTEGRITY_TEST_RESPONSE')
})

test.each([
  ['not stated', appWith({ appRecognitionVerdict: undefined })],
  ['no app at all', payloadWith({ appIntegrity: undefined })],
])('PLAY_INTEGRITY_APP_RECOGNITION: %s', async (_, changes) => {
  expect(await refusal(changes)).toBe('PLAY_INTEGRITY_APP_RECOGNITION')
})

test.each([
  ['another one', 'com.example.evil'],
  ['none', undefined],
])('PLAY_INTEGRITY_PACKAGE: %s', async (_, packageName) => {
  expect(await refusal(appWith({ packageName }))).toBe('PLAY_INTEGRITY_PACKAGE')
})

describe('PLAY_INTEGRITY_CERTIFICATE', () => {
  const other = Buffer.alloc(32, 7).toString('base64url')
  test.each([
    ['another one', [other]],
    ['another one besides', [digest, other]],
    ['none', []],
    ['not stated', undefined],
    ['in hex', [signer]],
    ['with padding', [`${digest}=`]],
  ])('%s', async (_, certificateSha256Digest) => {
    expect(await refusal(appWith({ certificateSha256Digest }))).toBe('PLAY_INTEGRITY_CERTIFICATE')
  })
  test('and each of two that are expected will do', async () => {
    const apps: PlayIntegrityContextInput['apps'] = [
      { platform: 'android', package: 'com.example.app', signers: ['cd'.repeat(32), signer] },
    ]
    expect(await verifying({}, { apps })).toMatchObject({ signers: [signer] })
  })
})

test('verdicts on app, device and account are claims, for policies to judge', async () => {
  const appRecognitionVerdict = 'UNRECOGNIZED_VERSION'
  expect(await verifying(appWith({ appRecognitionVerdict }))).toMatchObject({ appRecognitionVerdict })
  for (const deviceRecognitionVerdict of [[], ['MEETS_BASIC_INTEGRITY'], ['MEETS_VIRTUAL_INTEGRITY']]) {
    const device = payloadWith({ deviceIntegrity: { deviceRecognitionVerdict } })
    expect(await verifying(device)).toMatchObject({ deviceRecognitionVerdict })
  }
  for (const appLicensingVerdict of ['LICENSED', 'UNLICENSED', 'UNEVALUATED']) {
    const account = payloadWith({ accountDetails: { appLicensingVerdict } })
    expect(await verifying(account)).toMatchObject({ appLicensingVerdict })
  }
})
