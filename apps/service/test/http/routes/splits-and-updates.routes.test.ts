import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { mediaTypes } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { buildIpa, writeZip } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ecIdentity } from '../../../../../packages/verifier/app-image/test/apk/signature/sign-apk.ts'
import { usualManifest } from '../../../../../packages/verifier/app-image/test/apk/write-apk.ts'
import { segmentBody } from '../../../../../packages/verifier/app-image/test/mach-o/write-text.ts'
import { writeMachO } from '../../../../../packages/verifier/app-image/test/mach-o/write-mach-o.ts'
import {
  aabBytes,
  apksFile,
  splitApk,
} from '../../../../../packages/verifier/app-image/test/split/write-splits.ts'
import { runService, type Answer, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const audience = 'https://api.example.com'

beforeAll(async () => {
  service = await runService()
  for (const [id, platform, name] of [
    ['android', 'android', 'com.example.app'],
    ['ios', 'ios', 'com.example.ios'],
  ]) {
    await service.call('POST', '/v1/apps', { body: { id, platform, package: name } })
  }
  await service.call('POST', '/v1/apis', {
    body: { audience, apps: ['android', 'ios'], tiers: ['warning'] },
  })
})
afterAll(() => service.close())

const add = (app: string, type: string, body: Uint8Array, query = ''): Promise<Answer> =>
  service.call('POST', `/v1/apps/${app}/builds${query}`, { body, headers: { 'content-type': type } })
const zip = (files: Readonly<Record<string, string>>) =>
  writeZip(
    Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content), stored: false })),
  )
const challenge = (body: object) =>
  service.call('POST', '/v1/challenges', {
    body: { sdk: 'assay-js/0.1.0', audiences: [audience], key: 'k'.repeat(42) + 'A', ...body },
  })
const planOf = ({ json }: Answer) =>
  JSON.parse(Buffer.from((json as { plan: string }).plan, 'base64url').toString()) as {
    abi?: string
    coverage: string
    text?: object
  }

describe('an app bundle', () => {
  it('is registered with the ABIs of devices, and without a signer', async () => {
    const { status, json } = await add('android', mediaTypes.aab, aabBytes())
    expect(status).toBe(201)
    expect(json).toMatchObject({
      format: 'aab',
      id: '1.2_7'.replace('_', '+'),
      signers: [],
      splits: { modules: ['base'], omitted: [], abis: ['arm64-v8a', 'armeabi-v7a'] },
    } satisfies Partial<Build>)
    expect((await service.call('GET', '/v1/apps/android/builds/1.2+7')).json).toMatchObject({
      splits: { abis: ['arm64-v8a', 'armeabi-v7a'] },
    })
  })

  it('is planned for by ABI: one that is registered, and no other', async () => {
    const named = { app: 'android', build: '1.2+7' }
    expect(planOf(await challenge({ ...named, abi: 'arm64-v8a' }))).toMatchObject({ abi: 'arm64-v8a' })
    expect((await challenge({ ...named, abi: 'x86_64' })).json).toMatchObject({ code: 'abi_not_registered' })
    expect((await challenge(named)).json).toMatchObject({ code: 'abi_not_registered' })
  })

  it('is registered for the ABIs that are asked for, if it has them', async () => {
    const one = await add('android', mediaTypes.aab, aabBytes(), '?id=one&abis=arm64-v8a')
    expect(one.json).toMatchObject({ splits: { abis: ['arm64-v8a'] } })
    for (const abis of ['x86', 'arm64-v8a,x86']) {
      const refused = await add('android', mediaTypes.aab, aabBytes(), `?id=other&abis=${abis}`)
      expect(refused.json).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/abis' }] })
    }
  })

  it('is refused with the code of its reader', async () => {
    const refused = await add('android', mediaTypes.aab, await zip({ 'x.txt': '1' }))
    expect(refused.json).toMatchObject({ code: 'build_refused', reason: 'AAB_LAYOUT' })
    const none = await add('android', mediaTypes.apks, await zip({ 'x.txt': '1' }))
    expect(none.json).toMatchObject({ code: 'build_refused', reason: 'SPLITS_LAYOUT' })
    for (const type of [mediaTypes.aab, mediaTypes.zip])
      expect((await add('ios', type, aabBytes(), '?id=x')).json).toMatchObject({
        code: 'build_platform_mismatch',
      })
  })
})

describe('a native app with more files than an image has segments', () => {
  const locales = (count: number, name = 'T') =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `l${i % 40}.lproj/${name}${Math.floor(i / 40)}.strings`,
        Buffer.from(`"key ${i}" = "value";`),
      ]),
    )
  const addIpa = async (files: Readonly<Record<string, Buffer>>, bundleVersion: string) =>
    add('ios', mediaTypes.ipa, await buildIpa({ bundleId: 'com.example.ios', bundleVersion, files }))

  it('is registered, with one segment for each folder of resources, and measured', async () => {
    const { status, json } = await addIpa(locales(5_000), '5000')
    expect(status).toBe(201)
    const { id, segments } = json as Build
    expect(segments.map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 40 }, (_, i) => `l${i}.lproj/`).sort(),
    )
    const plan = planOf(await challenge({ app: 'ios', build: id })) as unknown as { reads: unknown[] }
    expect(plan.reads.length).toBeGreaterThan(0)
  })

  it('is refused where two names are alike, with the file', async () => {
    const { json } = await addIpa({ 'r/words.json': Buffer.from('1'), 'r/Words.json': Buffer.from('2') }, '2')
    expect(json).toMatchObject({ code: 'build_refused', reason: 'IPA_NAMES_ALIKE', file: 'r/Words.json' })
  })

  it('is refused where its files are not in folders', async () => {
    const files = Array.from({ length: 4_097 }, (_, i): [string, Buffer] => [
      `${i}.strings`,
      Buffer.of(i % 256),
    ])
    const { json } = await addIpa(Object.fromEntries(files), '3')
    expect(json).toMatchObject({ code: 'build_refused', reason: 'IMAGE_SEGMENTS' })
  })
})

describe('an update over the air', () => {
  const bundleId = 'com.example.ios'
  const files = { 'main.jsbundle': Buffer.from('first'.repeat(300)), 'other.js': Buffer.from('kept') }

  it('is the native build with other scripts, at the same place in the order of versions', async () => {
    const base = await add('ios', mediaTypes.ipa, await buildIpa({ bundleId, bundleVersion: '9', files }))
    const { id, segments: before } = base.json as Build
    const query = `?base=${encodeURIComponent(id)}&id=update-1`
    const { status, json } = await add('ios', mediaTypes.zip, await zip({ 'main.jsbundle': 'second' }), query)
    expect(status).toBe(201)
    const update = json as Build
    expect(update).toMatchObject({ base: id, format: 'ipa', version_code: 9, package: bundleId })
    expect(update.segments.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    const changed = update.segments.filter(({ sha256 }, i) => sha256 !== before[i]?.sha256)
    expect(changed.map(({ name }) => name)).toEqual(['main.jsbundle'])
    expect((await challenge({ app: 'ios', build: 'update-1' })).status).toBe(200)
    const again = await add('ios', mediaTypes.zip, await zip({ 'main.jsbundle': 'second' }), query)
    expect(again.status).toBe(200)
    const other = await add('ios', mediaTypes.zip, await zip({ 'main.jsbundle': 'third' }), query)
    expect(other.json).toMatchObject({ code: 'build_exists' })
  })

  it.each([
    ['of a build that there is not', '?base=none&id=u', { code: 'build_not_found' }],
    ['of another update', '?base=update-1&id=u', { code: 'request_invalid' }],
    ['without an id', '?base=update-1', { code: 'request_invalid', errors: [{ pointer: '/id' }] }],
    ['with a coverage of its own', '?base=update-1&id=u&coverage=image', { code: 'request_invalid' }],
    ['with ABIs of its own', '?base=update-1&id=u&abis=x86', { code: 'request_invalid' }],
    ['with a version of its own', '?base=update-1&id=u&version_code=1', { code: 'request_invalid' }],
  ])('%s is refused', async (_what, query, problem) => {
    expect((await add('ios', mediaTypes.zip, await zip({ 'main.jsbundle': 'x' }), query)).json).toMatchObject(
      problem,
    )
  })
})

describe('of a file that is refused', () => {
  /** Code that no other test sends, so that it could only come from here. */
  const code = (of: string) => `${of} that is refused `.repeat(500)
  const kept = async () => (await readdir(service.config.dataFolder, { recursive: true })).sort()
  const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length - 30)
  const [signer, stranger] = [ecIdentity('Release'), ecIdentity('Stranger')]
  const apk = (name: string, by = signer, more: object = {}) =>
    splitApk({ files: { 'classes.dex': code(name) }, signer: by, ...more })
  const feature = { attributes: { split: 'feature' } }
  const newer = { ...feature, manifest: { ...usualManifest, versionCode: 8 } }
  const set = (apks: Readonly<Record<string, Buffer>>) => readFileSync(apksFile(apks))
  const aab = () => aabBytes({ base: { files: { 'dex/classes.dex': code('a bundle') } } })
  const lyingText = () => {
    const sections = [{ name: '__text', offset: 512, length: 1_000_000 }]
    const App = writeMachO({ signature: null, commands: [[0x19, segmentBody({ sections })]] })
    return buildIpa({
      bundleId: 'com.example.ios',
      bundleVersion: '90',
      files: { App, 'a.bin': Buffer.from(code('file')) },
    })
  }

  it.each<[string, string, string, () => Buffer | Promise<Buffer>]>([
    ['a bundle that is cut off', 'aab', 'ZIP_TRUNCATED', () => cut(aab())],
    ['a set that is cut off', 'apks', 'ZIP_TRUNCATED', () => cut(set({ 'base.apk': apk('base') }))],
    ['two bases', 'apks', 'SPLITS_CODE_DIFFERS', () => set({ 'a.apk': apk('one'), 'b.apk': apk('two') })],
    [
      'two signers',
      'apks',
      'SPLITS_DISAGREE',
      () => set({ 'a.apk': apk('base'), 'b.apk': apk('feature', stranger, feature) }),
    ],
    [
      'a split of another version',
      'apks',
      'SPLITS_DISAGREE',
      () => set({ 'a.apk': apk('base'), 'b.apk': apk('feature', signer, newer) }),
    ],
    ['an executable that lies about its sections', 'ipa', 'MACHO_MALFORMED', lyingText],
  ])('nothing is kept: %s', async (_what, format, reason, file) => {
    const [app, type] = format === 'ipa' ? ['ios', mediaTypes.ipa] : ['android', mediaTypes[format as 'aab']]
    const builds = async () => (await service.call('GET', `/v1/apps/${app}/builds`)).json
    const before = [await kept(), await builds()]
    expect((await add(app, type, await file())).json).toMatchObject({ code: 'build_refused', reason })
    expect([await kept(), await builds()]).toEqual(before)
  })
})
