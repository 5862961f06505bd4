import { expect, test } from 'vitest'
import type { ExpectedApp } from '../../../src/index.ts'
import { octets } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { applicationId, packageInfo, packageName, signer } from '../write-key-description.ts'

const other = 'cd'.repeat(32)
const app = (name: string, ...signers: [string, ...string[]]): ExpectedApp => ({
  platform: 'android',
  package: name,
  signers,
})
const code = (packages: string[], digests: string[], apps = [app(packageName, signer)]) =>
  codeOf(() =>
    verifying(
      {
        statement: {
          software: {
            709: octets(
              applicationId(
                packages.map((name) => packageInfo(name)),
                digests,
              ),
            ),
          },
        },
      },
      { apps },
    ),
  )

test('no application id: ANDROID_KEY_APPLICATION_ID', async () => {
  expect(await codeOf(() => verifying({ statement: { software: { 709: undefined } } }))).toBe(
    'ANDROID_KEY_APPLICATION_ID',
  )
})

test('one that only the hardware states: ANDROID_KEY_APPLICATION_ID', async () => {
  const statement = { hardware: { 709: octets(applicationId()) }, software: { 709: undefined } }
  expect(await codeOf(() => verifying({ statement }))).toBe('ANDROID_KEY_APPLICATION_ID')
})

test.each([
  ['another package', ['com.example.other']],
  ['a package that shares the key', [packageName, 'com.example.other']],
  ['none', []],
  ['the beginning of its name', ['com.example']],
])('%s: ANDROID_KEY_PACKAGE', async (_, packages) => {
  expect(await code(packages, [signer])).toBe('ANDROID_KEY_PACKAGE')
})

test.each([
  ['another signer', [other]],
  ['a signer besides', [signer, other]],
  ['none', []],
  ['a longer digest', [`${signer}00`]],
])('%s: ANDROID_KEY_SIGNER', async (_, digests) => {
  expect(await code([packageName], digests)).toBe('ANDROID_KEY_SIGNER')
})

test('package and signer are those of one and the same app', async () => {
  const apps = [app(packageName, signer), app('com.example.second', other)]
  expect(await code([packageName], [other], apps)).toBe('ANDROID_KEY_SIGNER')
  expect(await code(['com.example.second'], [other], apps)).toBe('accepted')
  expect(await code([packageName, 'com.example.second'], [signer], apps)).toBe('ANDROID_KEY_SIGNER')
})

test('expected apps may share a key, and an app may have several signers', async () => {
  const apps = [app(packageName, signer, other), app('com.example.second', other, signer)]
  expect(await code([packageName, 'com.example.second'], [signer, other], apps)).toBe('accepted')
})

test('an app may be expected several times, with other signers', async () => {
  const apps = [app(packageName, other), app(packageName, signer)]
  expect(await code([packageName], [signer], apps)).toBe('accepted')
})

test('an app of another platform is refused, whatever else is stated: ANDROID_KEY_PACKAGE', async () => {
  const ios = { ...app(packageName, signer), platform: 'ios', appId: packageName } as ExpectedApp
  expect(await code([packageName], [signer], [ios, app('com.example.second', signer)])).toBe(
    'ANDROID_KEY_PACKAGE',
  )
})

test('an iOS app of that name is refused: ANDROID_KEY_PACKAGE', async () => {
  const apps = [{ platform: 'ios', appId: packageName } as const, app('com.example.second', signer)]
  expect(await code([packageName], [signer], apps)).toBe('ANDROID_KEY_PACKAGE')
})
