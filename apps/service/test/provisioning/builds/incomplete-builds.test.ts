import { mediaTypes } from '@assay/protocol'
import type { Build, CreatedApiKey } from '@assay/protocol/schemas'
import { buildNativeApp, createApkSigner, readZip, writeZip, type ApkSigner } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
let signer: ApkSigner
beforeAll(async () => {
  service = await runService()
  signer = await createApkSigner('Owner')
})
afterAll(() => service.close())

/** A native app of its own, the key of its pipeline, and the APKs that bundletool makes of its bundle. */
async function newApp(app: string) {
  const content = { package: app, versionCode: 7, sdk: 'assay-android/0.1.0' }
  const body = { id: app, platform: 'android', store_signers: [signer.sha256] }
  await service.call('POST', '/v1/apps', { body })
  const key = { name: 'pipeline', scope: 'registration', apps: [app] }
  const { secret }: CreatedApiKey = (await service.call('POST', '/v1/keys', { body: key })).json
  const whole = await buildNativeApp(content, signer)
  const splits = new Map((await readZip(whole.apks)).map(({ name, content }) => [name, content]))
  const split = (name: string) => splits.get(`splits/${name}.apk`) as Buffer
  const add = async (id: string, type: 'apk' | 'aab' | 'apks', file: Buffer, by = secret) => {
    const answer = await service.call('POST', `/v1/apps/${app}/builds?id=${id}`, {
      body: file,
      headers: { 'content-type': mediaTypes[type] },
      key: by,
    })
    return answer.json as Build & { code?: string; reason?: string }
  }
  return { app, whole, split, add, secret }
}

const setOf = (apks: Readonly<Record<string, Buffer>>) =>
  writeZip(Object.entries(apks).map(([name, content]) => ({ name: `${name}.apk`, content, stored: true })))

describe('a part of an app that a registration key brings', () => {
  it('is refused if it is a split, whoever brings it', async () => {
    const { add, split } = await newApp('com.example.split')
    for (const by of [undefined, service.adminKey]) {
      const refused = await add('part', 'apk', split('base-arm64_v8a'), by)
      expect(refused).toMatchObject({ code: 'build_refused', reason: 'APK_IS_SPLIT' })
    }
  })

  it('is pending if a build of its version code has code that it has not', async () => {
    const { add, split, whole } = await newApp('com.example.base')
    expect(await add('whole', 'aab', whole.aab, service.adminKey)).toMatchObject({ state: 'active' })
    const base = await add('base', 'apk', split('base-master'))
    expect(base).toMatchObject({ state: 'pending' })
    expect(base.warnings).toContain('code_missing')
    const byAdmin = await add('base-by-admin', 'apk', split('base-master'), service.adminKey)
    expect(byAdmin).toMatchObject({ state: 'active' })
    expect(byAdmin.warnings).toContain('code_missing')
  })

  it('is pending if the whole build is retired, and counts for nothing while it is pending itself', async () => {
    const { app, add, split, whole } = await newApp('com.example.order')
    // Nobody has vouched for the bundle: it makes nothing else pending.
    expect(await add('whole', 'aab', whole.aab)).toMatchObject({ state: 'pending' })
    expect(await add('base', 'apk', split('base-master'))).toMatchObject({ state: 'active' })
    await service.call('POST', `/v1/apps/${app}/builds/whole/retire`)
    expect(await add('later', 'apk', split('base-master'))).toMatchObject({ state: 'pending' })
  })

  it('is pending if it comes in splits, of which nothing says that they are all', async () => {
    const { add, split, whole } = await newApp('com.example.set')
    expect(await add('set', 'apks', whole.apks)).toMatchObject({ state: 'pending' })
    const some = await setOf({ base: split('base-master'), config: split('base-arm64_v8a') })
    expect(await add('some', 'apks', some)).toMatchObject({ state: 'pending' })
    expect(await add('set', 'apks', whole.apks, service.adminKey)).toMatchObject({ state: 'active' })
  })

  it('is a whole build if it lacks only an ABI, and no part of it for the ABIs that it has', async () => {
    const { add, split, whole } = await newApp('com.example.abis')
    await add('whole', 'aab', whole.aab, service.adminKey)
    const feature = { feature: split('checkout-master') }
    const oneAbi = { base: split('base-master'), config: split('base-arm64_v8a') }
    const noAbi = { base: split('base-master') }
    const warningsOf = async (id: string, apks: Readonly<Record<string, Buffer>>) =>
      (await add(id, 'apks', await setOf(apks), service.adminKey)).warnings
    expect(await warningsOf('one-abi', { ...oneAbi, ...feature })).not.toContain('code_missing')
    expect(await warningsOf('no-feature', oneAbi)).toContain('code_missing')
    const fault = await add('no-abi', 'apks', await setOf({ ...noAbi, ...feature }), service.adminKey)
    expect(fault.warnings).toContain('code_missing')
  })
})

describe('a build without the SDK', () => {
  it('is pending once a build of the app had it', async () => {
    const { app, add, whole } = await newApp('com.example.sdk')
    const without = await buildNativeApp({ package: app, versionCode: 8, sdk: '', isPlain: true }, signer)
    const apks = await readZip(without.apks)
    const apk = apks.find(({ name }) => name === 'splits/base-master.apk')?.content as Buffer
    expect(await add('before', 'apk', apk)).toMatchObject({ state: 'active', sdk: null })
    await add('with', 'aab', whole.aab, service.adminKey)
    const after = await add('after', 'apk', apk)
    expect(after).toMatchObject({ state: 'pending', sdk: null })
    expect(after.warnings).toContain('sdk_missing')
  })
})

describe('the code of a retired build', () => {
  it('stays pending under another id, however often it is registered', async () => {
    const { app, add, split } = await newApp('com.example.again')
    await add('first', 'apk', split('base-master'), service.adminKey)
    await service.call('POST', `/v1/apps/${app}/builds/first/retire`)
    expect(await add('again', 'apk', split('base-master'))).toMatchObject({ state: 'pending' })
    expect(await add('again', 'apk', split('base-master'))).toMatchObject({ state: 'pending' })
    expect(await add('and-again', 'apk', split('base-master'))).toMatchObject({ state: 'pending' })
    await service.call('POST', `/v1/apps/${app}/builds/again/retire`)
    expect(await add('third', 'apk', split('base-master'))).toMatchObject({ state: 'pending' })
  })
})
