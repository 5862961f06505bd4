import { expect, expectTypeOf, test } from 'vitest'
import { EvidenceError, type Verified } from '../../src/index.ts'
import {
  PlayIntegrityError,
  playIntegrity,
  playIntegrityContext,
  playIntegrityErrorCodes,
  type PlayIntegrityClaims,
} from '../../src/play-integrity/index.ts'
import { decodePayload } from '../../src/play-integrity/payload.ts'
import {
  appIntegrity,
  contextInput,
  genuine,
  itemOf,
  now,
  payloadWith,
  refusal,
  requestDetails,
  signer,
  token,
  verifying,
} from './google-play.ts'

test('a genuine token becomes verified claims', async () => {
  const parsed = playIntegrity.parse(itemOf(token()))
  const verified = await playIntegrity.verify(parsed, playIntegrityContext(contextInput))
  expectTypeOf(verified).toEqualTypeOf<Verified<PlayIntegrityClaims>>()
  expect(verified).toEqual({
    format: 'play-integrity',
    claims: {
      platform: 'android',
      package: 'com.example.app',
      signers: [signer],
      versionCode: 42,
      requestedAt: now - 3,
      testResponse: false,
      appRecognitionVerdict: 'PLAY_RECOGNIZED',
      deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'],
      appLicensingVerdict: 'LICENSED',
    },
  })
})

test('every verdict of the payload is a claim', async () => {
  const claims = await verifying({
    payload: {
      ...genuine,
      deviceIntegrity: {
        deviceRecognitionVerdict: ['MEETS_DEVICE_INTEGRITY'],
        deviceAttributes: { sdkVersion: 37 },
        recentDeviceActivity: { deviceActivityLevel: 'LEVEL_2' },
        deviceRecall: {
          values: { bitFirst: true, bitSecond: false, bitThird: true },
          writeDates: { yyyymmFirst: 202610, yyyymmSecond: 202609, yyyymmThird: 202611 },
        },
      },
      accountDetails: { appLicensingVerdict: 'UNLICENSED', accountActivity: { activityLevel: 'TYPICAL' } },
      environmentDetails: {
        playProtectVerdict: 'NO_ISSUES',
        appAccessRiskVerdict: { appsDetected: ['KNOWN_INSTALLED', 'UNKNOWN_CAPTURING'] },
      },
      testingDetails: { isTestingResponse: false },
      futureDetails: { anything: [1, { at: 'all' }] },
    },
  })
  expect(claims).toMatchObject({
    sdkVersion: 37,
    deviceActivityLevel: 'LEVEL_2',
    deviceRecall: {
      bitFirst: true,
      bitSecond: false,
      bitThird: true,
      yyyymmFirst: 202610,
      yyyymmSecond: 202609,
      yyyymmThird: 202611,
    },
    appLicensingVerdict: 'UNLICENSED',
    accountActivityLevel: 'TYPICAL',
    playProtectVerdict: 'NO_ISSUES',
    appsDetected: ['KNOWN_INSTALLED', 'UNKNOWN_CAPTURING'],
    testResponse: false,
  })
})

test('a verdict that was not evaluated does not become a claim, with or without an empty object', async () => {
  const empty = {
    deviceIntegrity: { deviceAttributes: {}, deviceRecall: { values: {}, writeDates: {} } },
    accountDetails: {},
    environmentDetails: { appAccessRiskVerdict: {} },
  }
  for (const payload of [
    { requestDetails, appIntegrity },
    { requestDetails, appIntegrity, ...empty },
  ]) {
    const claims = await verifying({ payload })
    expect(Object.keys(claims).sort()).toEqual([
      'appRecognitionVerdict',
      'deviceRecognitionVerdict',
      'package',
      'platform',
      'requestedAt',
      'signers',
      'testResponse',
      'versionCode',
    ])
    expect(claims.deviceRecognitionVerdict).toEqual([])
  }
})

test('nothing of a verdict is judged before the request that it answers', async () => {
  const other = { ...genuine, requestDetails: { ...requestDetails, nonce: 'other' }, deviceIntegrity: {} }
  expect(await refusal(payloadWith(other))).toBe('PLAY_INTEGRITY_COMMITMENT')
})

test('a verdict that names no certificate has none', () => {
  const payload = Buffer.from(JSON.stringify({ ...genuine, appIntegrity: {} }))
  expect(decodePayload(payload).certificates).toEqual([])
})

test('the format has a name and a version', () => {
  expect(playIntegrity.descriptor).toEqual({ name: 'play-integrity', version: '1.0' })
})

test('the commitment is the binding in ASCII', () => {
  expect(playIntegrity.commitment('abc')).toEqual(new Uint8Array([0x61, 0x62, 0x63]))
})

test('every code has a message of its own, and is evidence that is bad', () => {
  const errors = playIntegrityErrorCodes.map((code) => new PlayIntegrityError(code))
  expect(errors.map(({ code }) => code)).toEqual([...playIntegrityErrorCodes])
  expect(errors.every((error) => error instanceof EvidenceError)).toBe(true)
  expect(errors.every(({ message }) => message !== '')).toBe(true)
  expect(new Set(errors.map(({ message }) => message)).size).toBe(playIntegrityErrorCodes.length)
})
