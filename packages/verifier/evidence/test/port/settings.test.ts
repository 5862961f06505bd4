import { expect, test } from 'vitest'
import { evidenceCodes } from '../../src/codes.ts'
import { appAttestSchemes } from '../../src/apple-app-attest/index.ts'
import { settings as ofAppAttest } from '../../src/apple-app-attest/settings.ts'
import { settings as ofPlay } from '../../src/play-integrity/settings.ts'
import { settings as ofAndroidKey } from '../../src/android-key-attestation/settings.ts'
import { UnreadError } from '../../src/port/errors.ts'

test('only settings that deserve a remark are reported', () => {
  const settings = { app_ids: ['A1B2C3D4E5.com.example.app'], system: 'ios' as const }
  expect(ofAppAttest.remarks?.({ ...settings, environments: ['production'] })).toEqual([])
  expect(ofAppAttest.remarks?.({ ...settings, environments: ['development'] })).toEqual(['development'])
  const play = { calls_per_day: 1, max_age: 300 }
  expect(ofPlay.remarks?.({ ...play, request: 'standard' })).toEqual(['vendor_account', 'certified_system'])
  expect(ofPlay.remarks?.({ ...play, request: 'classic' })).toEqual(['sealed_secret', 'certified_system'])
})

test('an App ID names its team, each team once', () => {
  const ids = ['A1B2C3D4E5.com.example.app', 'A1B2C3D4E5.com.example.other']
  expect(ofAppAttest.teamsOf?.({ app_ids: ids, environments: ['production'], system: 'ios' })).toEqual([
    'A1B2C3D4E5',
  ])
  expect(
    ofAppAttest.schema.safeParse({ ...(ofAppAttest.example as object), app_ids: [ids[0], ids[0]] }).success,
  ).toBe(false)
  expect(ofAppAttest.schema.safeParse(ofAppAttest.example).success).toBe(true)
  expect(ofAndroidKey.schema.safeParse(ofAndroidKey.example).success).toBe(true)
})

test('keys of Play Integrity are usable only if they are keys', () => {
  expect(ofPlay.secret?.isUsable({})).toBe(false)
  const text = Buffer.alloc(32, 7).toString('base64')
  expect(ofPlay.secret?.isUsable({ decryption_key: text, verification_key: text })).toBe(false)
})

test('each code is in one table', () => {
  const codes = Object.values(evidenceCodes).flatMap((table) => Object.keys(table))
  expect(new Set(codes).size).toBe(codes.length)
})

test('evidence that was not read says what it is found for', () => {
  expect(new UnreadError('PLAY_BUDGET_SPENT')).toMatchObject({
    name: 'UnreadError',
    reason: 'PLAY_BUDGET_SPENT',
  })
  expect(appAttestSchemes).toBeDefined()
})
