import { mediaTypes } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import { buildIpa, writeZip } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeMachO } from '../../../../../packages/verifier/app-image/test/mach-o/write-mach-o.ts'
import { runService, type Answer, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const bundleId = 'com.example.app'
const files = {
  'main.jsbundle': Buffer.from('x'.repeat(2000)),
  'public/app.js': Buffer.from('y'.repeat(500)),
  'Frameworks/Kit.framework/Kit': writeMachO({ signature: null }),
}

beforeAll(async () => {
  service = await runService()
  await service.call('POST', '/v1/apps', { body: { id: 'ios', platform: 'ios', package: bundleId } })
})
afterAll(() => service.close())

const add = (body: Uint8Array, query = ''): Promise<Answer> =>
  service.call('POST', `/v1/apps/ios/builds${query}`, { body, headers: { 'content-type': mediaTypes.ipa } })

/** An executable that is signed, and one of which a byte was changed afterwards. */
const signed = writeMachO()
const changed = Buffer.from(signed)
changed[200] = (changed[200] as number) ^ 1

/** An archive with an `Info.plist` of this content. */
const ipaOf = (info: string | Buffer, more: Readonly<Record<string, Buffer>> = files) =>
  writeZip(
    Object.entries({ 'Info.plist': Buffer.from(info), ...more }).map(([name, content]) => ({
      name: `Payload/App.app/${name}`,
      content,
      stored: false,
    })),
  )
const plist = (members: string): string => `<plist version="1.0"><dict>${members}</dict></plist>`
const string = (name: string, value: string): string => `<key>${name}</key><string>${value}</string>`

describe('an IPA', () => {
  it('names itself, is measured by its scripts, and leaves the signers of its app alone', async () => {
    const answer = await add(await buildIpa({ bundleId, bundleVersion: '57', files }))
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      app: 'ios',
      id: '1.0+57',
      format: 'ipa',
      package: bundleId,
      version_code: 57,
      debuggable: false,
      signers: [],
      coverage: 'scripts',
      segments: [
        { name: 'main.jsbundle', length: 2000 },
        { name: 'public/app.js', length: 500 },
      ],
    })
    expect((await service.call('GET', '/v1/apps/ios/builds/1.0+57')).json).toEqual(answer.json)
    expect((await service.call('GET', '/v1/apps/ios')).json).toMatchObject({
      signers: [],
    } satisfies Partial<App>)
  })

  it('is the same build after it was zipped and signed again', async () => {
    const first = await add(await buildIpa({ bundleId, bundleVersion: '58', files }))
    const again = { ...files, '_CodeSignature/CodeResources': Buffer.from('other'), App: signed }
    const second = await add(await buildIpa({ bundleId, bundleVersion: '58', files: again }))
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json).toEqual(first.json)
  })

  it('needs a place in the order of versions if its version is not an integer', async () => {
    const ipa = await buildIpa({ bundleId, bundleVersion: '1.2.3', files })
    expect((await add(ipa)).json).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/version_code', code: 'required' }],
    })
    const added = await add(ipa, '?version_code=60')
    expect(added.json).toMatchObject({ id: '1.0+60', version_code: 60 } satisfies Partial<Build>)
  })
})

describe('refused with its code', () => {
  it.each<[string, () => Promise<Uint8Array>, object]>([
    [
      'another bundle identifier',
      () => buildIpa({ bundleId: 'com.example.other', bundleVersion: '1', files }),
      { code: 'package_mismatch', status: 422 },
    ],
    [
      'an app without scripts',
      () => buildIpa({ bundleId, bundleVersion: '1', files: { 'Assets.car': Buffer.from('a') } }),
      { code: 'build_refused', reason: 'IPA_NOTHING_TO_MEASURE' },
    ],
    [
      'entities',
      () =>
        ipaOf(
          `<!DOCTYPE plist [<!ENTITY a "com.example.app">]>${plist(string('CFBundleIdentifier', '&a;'))}`,
        ),
      { code: 'build_refused', reason: 'IPA_INFO_MALFORMED' },
    ],
    [
      'two bundle identifiers',
      () => ipaOf(plist(string('CFBundleIdentifier', bundleId) + string('CFBundleIdentifier', 'a.b.c'))),
      { code: 'build_refused', reason: 'IPA_INFO_MALFORMED' },
    ],
    [
      'a property list that unpacks to 32 MB',
      () => ipaOf(Buffer.alloc(32 * 1024 * 1024, 0x20)),
      { code: 'build_refused', reason: 'ZIP_BOMB' },
    ],
    [
      'fifty thousand lists in each other',
      () => ipaOf(`<plist>${'<array>'.repeat(50_000)}`),
      { code: 'build_refused', reason: 'IPA_INFO_MALFORMED' },
    ],
    [
      'another system',
      () =>
        ipaOf(
          plist(
            `${string('CFBundleIdentifier', bundleId)}<key>CFBundleSupportedPlatforms</key><array><string>MacOSX</string></array>`,
          ),
        ),
      { code: 'build_refused', reason: 'IPA_PLATFORM' },
    ],
    [
      'a profile that is none',
      () =>
        buildIpa({
          bundleId,
          bundleVersion: '1',
          files: { ...files, 'embedded.mobileprovision': Buffer.from('no') },
        }),
      { code: 'build_refused', reason: 'IPA_PROFILE_MALFORMED' },
    ],
    [
      'an executable that is none',
      () => buildIpa({ bundleId, bundleVersion: '1', files: { ...files, App: Buffer.from('#!/bin/sh') } }),
      { code: 'build_refused', reason: 'MACHO_MALFORMED' },
    ],
    [
      'an executable that was changed after it was signed',
      () => buildIpa({ bundleId, bundleVersion: '1', files: { ...files, App: changed } }),
      { code: 'build_refused', reason: 'MACHO_PAGE_MISMATCH' },
    ],
    [
      'a build for the simulator',
      () =>
        ipaOf(
          plist(
            `${string('CFBundleIdentifier', bundleId)}${string('CFBundleVersion', '1')}${string('CFBundleExecutable', 'App')}<key>CFBundleSupportedPlatforms</key><array><string>iPhoneSimulator</string></array>`,
          ),
          { ...files, App: Buffer.from('cffaedfe0c0000010000000002'.padEnd(64, '0'), 'hex') },
        ),
      { code: 'build_debuggable' },
    ],
  ])('%s', async (_what, ipa, expected) => {
    const before = (await service.call('GET', '/v1/apps/ios/builds')).json
    expect((await add(await ipa())).json).toMatchObject(expected)
    expect((await service.call('GET', '/v1/apps/ios/builds')).json).toEqual(before)
  })
})
