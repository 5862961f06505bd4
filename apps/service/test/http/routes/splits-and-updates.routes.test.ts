import { mediaTypes, type Build } from '@assay/protocol'
import { buildIpa, writeZip } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aabBytes } from '../../../../../packages/verifier/app-image/test/split/write-splits.ts'
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
  it('is registered with the ABIs that devices have, and signed by nobody that it names', async () => {
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
    const asked = { app: 'android', build: '1.2+7' }
    expect(planOf(await challenge({ ...asked, abi: 'arm64-v8a' }))).toMatchObject({ abi: 'arm64-v8a' })
    expect((await challenge({ ...asked, abi: 'x86_64' })).json).toMatchObject({ code: 'abi_not_registered' })
    expect((await challenge(asked)).json).toMatchObject({ code: 'abi_not_registered' })
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
    expect((await add('ios', mediaTypes.aab, aabBytes())).json).toMatchObject({
      code: 'build_platform_mismatch',
    })
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
