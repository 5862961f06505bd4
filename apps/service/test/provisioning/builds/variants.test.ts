import { shapeOf } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { mediaTypes, type ChallengeResponse, type ProblemDocument } from '@assay/protocol'
import type { Build, CreatedApiKey } from '@assay/protocol/schemas'
import { memoryImage } from '@assay/client'
import {
  buildNativeApp,
  createApkSigner,
  protectByPlay,
  readZip,
  signByPlay,
  writeZip,
  type Abi,
  type ApkSigner,
  type DeliveredApp,
} from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody, makeKey, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
let signer: ApkSigner
let stranger: ApkSigner
const audience = 'https://api.example.com'

beforeAll(async () => {
  service = await runService()
  signer = await createApkSigner('Play')
  stranger = await createApkSigner('Stranger')
})
afterAll(() => service.close())

/** An app whose bundle is registered, what Play delivers of it, and how files are sent for it. */
async function newApp(app: string, sdk = '') {
  await service.call('POST', '/v1/apps', {
    body: { id: app, platform: 'android', store_signers: [signer.sha256] },
  })
  await service.call('POST', '/v1/apis', {
    body: { audience: `${audience}/${app}`, apps: [app], tiers: ['warning'] },
  })
  const content = { package: app, versionCode: 7, sdk }
  const whole = await buildNativeApp(content, signer)
  const { secret }: CreatedApiKey = (
    await service.call('POST', '/v1/keys', { body: { name: 'pipeline', scope: 'registration', apps: [app] } })
  ).json
  const add = async (
    query: string,
    body: Buffer,
    { key, type = 'apks' }: { key?: string; type?: 'aab' | 'apks' } = {},
  ) => {
    const answer = await service.call('POST', `/v1/apps/${app}/builds?id=1&${query}`, {
      body,
      headers: { 'content-type': mediaTypes[type] },
      ...(key !== undefined && { key }),
    })
    return { status: answer.status, json: answer.json as Build & ProblemDocument }
  }
  const { json } = await add('', whole.aab, { type: 'aab' })
  expect(json).toMatchObject({ state: 'active', variants: [], first_ended_at: null })
  const post = async (path: string) =>
    (await service.call('POST', `/v1/apps/${app}/builds/1/${path}`)).json as Build & ProblemDocument
  return { app, content, whole, secret, add, post, play: await protectByPlay(whole.apks, signer) }
}

interface Said {
  abi?: Abi
  shape?: string | undefined
}

/** Attests as a device of this ABI with the delivered code; by default it says its true shape. */
async function attest(
  app: string,
  delivered: Pick<DeliveredApp, 'installed'>,
  { abi = 'arm64-v8a', ...said }: Said = {},
): Promise<string> {
  const image = memoryImage(await delivered.installed(abi))
  const shape = await shapeOf(image.segments, abi, nodeCrypto)
  const device: TestDevice = { key: makeKey(), app, build: '1', audiences: [`${audience}/${app}`], image }
  const body = { ...challengeBody(device), abi, ...{ shape, ...said } }
  const challenged = await service.call('POST', '/v1/challenges', { body })
  if (challenged.status !== 200) return (challenged.json as ProblemDocument).code
  // An SDK carries out no plan for more segments than the app has.
  const { reads } = JSON.parse(
    Buffer.from((challenged.json as ChallengeResponse).plan ?? '', 'base64url').toString(),
  ) as {
    reads: { segment: number }[]
  }
  if (reads.some(({ segment }) => segment >= image.segments.length)) return 'plan_refused'
  const answer = await service.call('POST', '/v1/attestations', {
    body: signed(device.key, await measure(device, challenged.json)),
  })
  return answer.status === 200 ? 'served' : (answer.json as ProblemDocument).code
}

/** Removes or replaces files in one split of a set. */
async function altered(
  apks: Buffer,
  split: string,
  change: (files: Map<string, Buffer>) => void,
  by: ApkSigner,
) {
  const { signApkV2 } = await import('@assay/testkit')
  const splits = await Promise.all(
    (await readZip(apks)).map(async (entry) => {
      if (!entry.name.endsWith(split)) return entry
      const files = new Map((await readZip(entry.content)).map(({ name, content }) => [name, content]))
      change(files)
      const rest = [...files].map(([name, content]) => ({ name, content, stored: true }))
      return { ...entry, content: signApkV2(await writeZip(rest), by) }
    }),
  )
  return writeZip(splits)
}

describe('what a store made of a build', () => {
  it('is refused until it is registered as a variant, and then served beside the build', async () => {
    const { app, whole, add, play } = await newApp('com.example.protected')
    expect(await attest(app, play)).toBe('attestation_denied')
    const { status, json } = await add('variant=play', play.apks)
    expect(status).toBe(201)
    expect(json.variants).toMatchObject([
      {
        name: 'play',
        state: 'active',
        number: 1,
        format: 'apks',
        splits: { abis: ['arm64-v8a', 'armeabi-v7a'] },
      },
    ])
    for (const abi of ['arm64-v8a', 'armeabi-v7a'] as const)
      expect(await attest(app, play, { abi })).toBe('served')
    expect(await attest(app, whole)).toBe('served')
    const counted = await service.call('GET', `/v1/stats?by=abi,variant&app=${app}`)
    expect(counted.json).toMatchObject({
      groups: [
        { abi: 'arm64-v8a', variant: '', passed: 1, refused: 1 },
        { abi: 'arm64-v8a', variant: 'play', passed: 1, refused: 0 },
        { abi: 'armeabi-v7a', variant: 'play', passed: 1, refused: 0 },
      ],
    })
    expect((await add('variant=play', play.apks)).status).toBe(200)
    const found = await service.call('GET', `/v1/apps/${app}/builds/1?variant=play`)
    expect((found.json as Build).segments.map(({ name }) => name)).toContain(
      'base/lib/arm64-v8a/libpairipcore.so',
    )
  })

  it('is chosen by its shape alone, which adds nothing that is not registered', async () => {
    const { app, whole, add, play } = await newApp('com.example.shapes')
    await add('variant=play', play.apks)
    const shapes = { unknown: 'AAAAAAAAAAA', none: undefined }
    for (const shape of Object.values(shapes)) {
      expect(await attest(app, play, { shape })).toBe('attestation_denied')
      expect(await attest(app, whole, { shape })).toBe('served')
    }
    // Whoever says another shape is measured against that image, with all that it has.
    const of = async (delivered: Pick<DeliveredApp, 'installed'>) =>
      shapeOf(memoryImage(await delivered.installed('arm64-v8a')).segments, 'arm64-v8a', nodeCrypto)
    expect(await attest(app, whole, { shape: await of(play) })).toBe('plan_refused')
    expect(await attest(app, play, { shape: await of(whole) })).toBe('attestation_denied')
    expect(await attest(app, whole, { shape: 'too short' })).toBe('request_invalid')
    expect(await attest(app, play, { abi: 'x86_64' })).toBe('abi_not_registered')
  })

  it('replaces the image that was registered first, and later itself', async () => {
    const { app, whole, add, play, post } = await newApp('com.example.replaced')
    const first = await add('variant=play&replace=first', play.apks)
    expect(first.json).toMatchObject({ first_ended_at: expect.any(String) as string })
    expect(await attest(app, whole)).toBe('plan_refused')
    expect(await attest(app, play)).toBe('served')
    expect(await attest(app, play, { shape: undefined })).toBe('served')
    const later = await protectByPlay(await longer(whole.apks), signer, 2)
    expect((await add('variant=play', later.apks)).json).toMatchObject({
      code: 'variant_refused',
      errors: [{ pointer: '/variant', code: 'taken' }],
    })
    expect((await add('variant=play&replace=play', later.apks)).json.variants).toHaveLength(1)
    expect(await attest(app, later)).toBe('served')
    expect(await attest(app, play)).toBe('attestation_denied')
    expect(await post('retire?variant=play')).toMatchObject({
      code: 'variant_refused',
      errors: [{ pointer: '/variant', code: 'last' }],
    })
  })

  it('replaces the image that was registered first also if it was registered beside it before', async () => {
    const { app, whole, add, play } = await newApp('com.example.later')
    await add('variant=play', play.apks)
    expect(await attest(app, whole)).toBe('served')
    for (let time = 0; time < 2; time++) {
      const again = await add('variant=play&replace=first', play.apks)
      expect(again).toMatchObject({ status: 200, json: { first_ended_at: expect.any(String) as string } })
    }
    expect(await attest(app, whole)).toBe('plan_refused')
    expect(await attest(app, play)).toBe('served')
  })

  it('is measured for the ABIs of its set only, where it comes from one device', async () => {
    const { app, whole, add, play } = await newApp('com.example.device')
    const { json } = await add('variant=play', await play.deviceSet('arm64-v8a'))
    expect(json.variants).toMatchObject([{ splits: { abis: ['arm64-v8a'] } }])
    expect(await attest(app, play)).toBe('served')
    expect(await attest(app, play, { abi: 'armeabi-v7a' })).toBe('attestation_denied')
    expect(await attest(app, whole, { abi: 'armeabi-v7a' })).toBe('served')
  })

  it('is no longer served once it ended between challenge and answer', async () => {
    const { app, add, play, post } = await newApp('com.example.ended')
    await add('variant=play', play.apks)
    const image = memoryImage(await play.installed('arm64-v8a'))
    const shape = await shapeOf(image.segments, 'arm64-v8a', nodeCrypto)
    const device: TestDevice = { key: makeKey(), app, build: '1', audiences: [`${audience}/${app}`], image }
    const body = { ...challengeBody(device), abi: 'arm64-v8a', shape }
    const { json } = await service.call('POST', '/v1/challenges', { body })
    await post('retire?variant=play')
    const answer = await service.call('POST', '/v1/attestations', {
      body: signed(device.key, await measure(device, json)),
    })
    expect(answer.json).toMatchObject({ code: 'challenge_outdated' })
  })

  it('is answered only with the plan of the image that its challenge names', async () => {
    const { app, whole, add, play } = await newApp('com.example.plans')
    await add('variant=play', play.apks)
    const plans: string[] = []
    const challenges: { attestation_challenge: string; plan: string; expires_in: number }[] = []
    const image = memoryImage(await whole.installed('arm64-v8a'))
    const device: TestDevice = { key: makeKey(), app, build: '1', audiences: [`${audience}/${app}`], image }
    const shapeOfPlay = await shapeOf(
      memoryImage(await play.installed('arm64-v8a')).segments,
      'arm64-v8a',
      nodeCrypto,
    )
    for (const shape of [undefined, shapeOfPlay]) {
      const body = { ...challengeBody(device), abi: 'arm64-v8a', shape }
      const { json } = await service.call('POST', '/v1/challenges', { body })
      challenges.push(json)
      plans.push((json as { plan: string }).plan)
    }
    const [ofFirst = '', ofPlay = ''] = plans
    expect(ofFirst).not.toBe(ofPlay)
    const mixed = { ...challenges[1], plan: ofFirst } as {
      attestation_challenge: string
      plan: string
      expires_in: number
    }
    const answer = await service.call('POST', '/v1/attestations', {
      body: signed(device.key, await measure(device, mixed)),
    })
    expect(answer.json).toMatchObject({ code: 'challenge_invalid' })
  })
})

/** The same app with a dex file of another length. */
async function longer(apks: Buffer): Promise<Buffer> {
  const change = (files: Map<string, Buffer>) =>
    files.set('classes.dex', Buffer.concat([files.get('classes.dex') as Buffer, Buffer.from('more')]))
  return altered(apks, 'base-master.apk', change, signer)
}

describe('a variant in which the SDK is no longer found', () => {
  it('has that of the build, where it is compiled, and is refused where it is not', async () => {
    const probesOf = async (app: string, sdk: string) => {
      const { add } = await newApp(app, sdk)
      const without = await buildNativeApp({ package: app, versionCode: 7, sdk: '' }, signer)
      const { apks, installed } = await protectByPlay(without.apks, signer)
      const { json } = await add('variant=play', apks)
      if (json.code !== undefined) return json
      const shape = await shapeOf(memoryImage(await installed('arm64-v8a')).segments, 'arm64-v8a', nodeCrypto)
      const body = { app, build: '1', sdk, key: makeKey().thumbprint, audiences: [`${audience}/${app}`] }
      const challenged = await service.call('POST', '/v1/challenges', {
        body: { ...body, abi: 'arm64-v8a', shape },
      })
      return JSON.parse(
        Buffer.from((challenged.json as ChallengeResponse).plan ?? '', 'base64url').toString(),
      ) as object
    }
    expect(await probesOf('com.example.compiled', 'assay-android/0.1.0')).toMatchObject({
      probes: expect.arrayContaining(['android.debugger']) as string[],
    })
    expect(await probesOf('com.example.scripted', 'assay-js/0.1.0')).toMatchObject({
      code: 'variant_refused',
      errors: [{ pointer: '/sdk', code: 'less' }],
    })
  })
})

describe('a variant by a registration key', () => {
  it('is pending, chosen by no shape, and in nobody’s way', async () => {
    const { app, add, play, secret, post } = await newApp('com.example.pipeline')
    const { json } = await add('variant=mine', play.apks, { key: secret })
    expect(json.variants).toMatchObject([{ name: 'mine', state: 'pending', number: null }])
    expect(await attest(app, play)).toBe('attestation_denied')
    expect((await add('variant=play', play.apks)).json.variants).toHaveLength(2)
    expect(await post('activate?variant=mine')).toMatchObject({
      variants: [{ state: 'active' }, { state: 'active' }],
    })
  })

  it('ends nothing, and does not fill the build', async () => {
    const { whole, add, play, secret } = await newApp('com.example.bounded')
    for (const replace of ['first', 'play'])
      expect((await add(`variant=mine&replace=${replace}`, play.apks, { key: secret })).json).toMatchObject({
        code: 'variant_refused',
        errors: [{ pointer: '/replace', code: 'admin' }],
      })
    let apks = whole.apks
    for (let i = 0; i < 8; i++) {
      apks = await longer(apks)
      expect((await add(`variant=v${i}`, apks, { key: secret })).status).toBe(201)
    }
    const beyond = await add('variant=v8', await longer(apks), { key: secret })
    expect(beyond.json).toMatchObject({ code: 'builds_pending_full' })
    expect((await add('variant=play', play.apks)).status).toBe(201)
  })
})

describe('a file that is no variant of the build', () => {
  const refused = (pointer: string, code: string) => ({
    code: 'variant_refused',
    errors: expect.arrayContaining([{ pointer, code }]) as object[],
  })

  it('is refused with what it contradicts', async () => {
    const { app, content, whole, add, play } = await newApp('com.example.contradicts')
    const other = await buildNativeApp({ ...content, versionCode: 8 }, signer)
    expect((await add('variant=v', other.apks)).json).toMatchObject(refused('/version_code', 'other'))
    const foreign = await buildNativeApp({ ...content, package: 'com.example.foreign' }, signer)
    expect((await add('variant=v', foreign.apks)).json).toMatchObject({ code: 'package_mismatch' })
    const strangers = await signByPlay(whole.apks, stranger)
    expect((await add('variant=v', strangers.apks)).json).toMatchObject(refused('/signers', 'other'))
    expect((await add('variant=v&coverage=scripts', play.apks)).json).toMatchObject(
      refused('/coverage', 'other'),
    )
    const apk = (await readZip(whole.apks)).find(({ name }) => name.endsWith('base-master.apk'))
      ?.content as Buffer
    const single = await service.call('POST', `/v1/apps/${app}/builds?id=1&variant=v`, {
      body: apk,
      headers: { 'content-type': mediaTypes.apk },
    })
    expect(single.json).toMatchObject(refused('/format', 'other'))
    const update = await service.call('POST', `/v1/apps/${app}/builds?id=r2&base=1&variant=v`, {
      body: await writeZip([{ name: 'base/assets/x.js', content: Buffer.from('1'), stored: true }]),
      headers: { 'content-type': mediaTypes.zip },
    })
    expect(update.json).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/variant' }] })
    expect((await add('variant=first', play.apks)).json).toMatchObject({ code: 'request_invalid' })
    expect((await add('replace=first', play.apks)).json).toMatchObject({ code: 'request_invalid' })
    expect((await add('variant=v&replace=none', play.apks)).json).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/replace' }],
    })
  })

  it('is refused if it covers less, is the same, or could not be told apart', async () => {
    const { whole, add, play } = await newApp('com.example.less')
    const drop = (files: Map<string, Buffer>) => void files.delete('lib/arm64-v8a/libapp.so')
    const dropped = await altered(play.apks, 'base-arm64_v8a.apk', drop, signer)
    expect((await add('variant=v', dropped)).json).toMatchObject(refused('/segments', 'less'))
    const withoutFeature = await writeZip(
      (await readZip(play.apks)).filter(({ name }) => !name.includes('checkout')),
    )
    expect((await add('variant=v', withoutFeature)).json).toMatchObject(refused('/segments', 'less'))
    const resigned = await signByPlay(whole.apks, signer)
    expect((await add('variant=v', resigned.apks)).json).toMatchObject(refused('/image_digest', 'same'))
    const flip = (files: Map<string, Buffer>) => {
      const dex = Buffer.from(files.get('classes.dex') as Buffer)
      dex[dex.length - 40] = (dex[dex.length - 40] as number) ^ 1
      files.set('classes.dex', dex)
    }
    const alike = await altered(whole.apks, 'base-master.apk', flip, signer)
    expect((await add('variant=v', alike)).json).toMatchObject(refused('/shape', 'taken'))
    expect((await add('variant=v&replace=first', alike)).status).toBe(201)
  })

  it('is refused beyond 31', async () => {
    const { whole, add } = await newApp('com.example.many')
    let apks = whole.apks
    for (let i = 1; i <= 31; i++) {
      apks = await longer(apks)
      expect((await add(`variant=v${i}`, apks)).json.variants).toHaveLength(i)
    }
    expect((await add('variant=v32', await longer(apks))).json).toMatchObject(refused('/variant', 'too_many'))
    expect((await add('variant=v32&replace=v9', await longer(apks))).json.variants).toHaveLength(31)
  }, 60_000)
})
