import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import {
  buildNativeApp,
  buildNativeIpa,
  createNativeDevice,
  createSoftwareKey,
  keystoreOf,
  keyStoreOf,
  protectByPlay,
  type Keystore,
  type NativeApp,
  type NativeDeviceOptions,
} from '@assay/testkit'
import { startGuardedApi, type RunningApi } from '@assay/testkit/victims'
import { attempt } from '../row/attempt.ts'
import { lookUp } from '../row/row.ts'
import type { Expected, Story } from '../row/row.ts'
import type { Stage } from '../stage/stage.ts'

const android = 'com.example.native'
const ios = 'com.example.native.ios'
const appId = `ASSAY12345.${ios}`
const script = { android: 'base/assets/index.android.bundle', ios: 'main.jsbundle' } as const
type Loaded = Partial<NativeDeviceOptions> & Pick<NativeDeviceOptions, 'build' | 'segments'>

/** Native apps as stores deliver them: splits by ABI, an IPA, updates over the air; and a key that cannot be copied. */
export async function nativePhoneRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Native apps: an app bundle, an IPA, updates over the air')
  const api = await startGuardedApi({ issuer: stage.service.url, apps: [android, ios], tiers: ['affirming'] })
  try {
    await play(stage, story, api)
  } finally {
    await api.close()
  }
}

async function play(stage: Stage, story: Story, api: RunningApi): Promise<void> {
  const { signer, service, vendors } = stage
  const sources = await register(stage, api)
  const phones = vendors.phones({ package: android, versionCode: 1, signers: [signer.sha256] }, appId)
  const row = async (name: string, expected: Expected, app: string, sdk: string, loaded: Loaded) => {
    const audiences = { [api.url]: api.url }
    const device = createNativeDevice({ endpoint: service.url, app, sdk, audiences, ...loaded })
    const outcome = await attempt(Promise.resolve(device), api)
    story.row(name, 'assay-hardware', expected, outcome)
    const found = await lookUp(service, outcome)
    if (found !== undefined) story.say(`     the operator finds: ${found}`)
  }
  const onAndroid = (name: string, expected: Expected, loaded: Loaded) =>
    row(name, expected, android, 'assay-android/0.1.0', { abi: 'arm64-v8a', ...loaded })
  const onIos = (name: string, expected: Expected, loaded: Loaded) =>
    row(name, expected, ios, 'assay-ios/0.1.0', loaded)

  const { bundle, update, ipa, iosUpdate, app, iosApp, updated } = sources
  const segments = await app.installed('arm64-v8a')
  const keyStore = keystoreOf(phones.pixel())
  await onAndroid('Pixel, from an app bundle, enrolled', 'served', { build: bundle, segments, keyStore })
  await onAndroid('Pixel, from an app bundle, refreshed', 'served', { build: bundle, segments, keyStore })
  const publicJwk = keyStore.publicKey()
  const stolen = { ...createSoftwareKey(), ...(publicJwk && { publicJwk }), isEnrolled: true }
  await onAndroid('all of its memory, copied: the key is in the Keystore', 'refused', {
    ...{ build: bundle, segments, keyStore: keyStoreOf(stolen) },
  })
  await onAndroid('an app made to keep its key in memory', 'refused', {
    ...{ build: bundle, segments, evidence: phones.pixel().evidence },
  })
  const other = { segments: await app.installed('armeabi-v7a'), abi: 'armeabi-v7a' }
  await onAndroid('the same phone with the splits of another ABI', 'refused', {
    build: bundle,
    keyStore,
    ...other,
  })
  const withUpdate = segments.map((each) =>
    each.name === script.android ? { ...each, bytes: updated } : each,
  )
  await onAndroid('Pixel, after an update over the air', 'served', {
    build: update,
    segments: withUpdate,
    keyStore,
  })
  await onAndroid('another script than that of the update', 'refused', { build: update, segments, keyStore })
  await onAndroid('Pixel, which has rolled the update back', 'served', { build: bundle, segments, keyStore })

  await protectedRows(stage, sources, onAndroid, keystoreOf(phones.pixel()))

  const { evidence } = phones.iphone()
  const { text, segments: files } = iosApp
  await onIos('iPhone, from an IPA, enrolled', 'served', { build: ipa, segments: files, text, evidence })
  const iosWithUpdate = files.map((each) => (each.name === script.ios ? { ...each, bytes: updated } : each))
  await onIos('iPhone, after an update over the air', 'served', {
    ...{ build: iosUpdate, segments: iosWithUpdate, text, evidence },
  })
  const patched = text.map((each) => ({ ...each, bytes: Buffer.from(each.bytes).fill(0, 4, 8) }))
  await onIos('its executable, patched in memory: a claim so far', 'served', {
    ...{ build: ipa, segments: files, text: patched, evidence },
  })
}

type OnAndroid = (name: string, expected: Expected, loaded: Loaded) => Promise<void>

/** What Google Play delivers if it protects the app by itself: other code than the one that was uploaded. */
async function protectedRows(
  { file, signer, ...stage }: Stage,
  { app, bundle }: { app: NativeApp; bundle: string },
  onAndroid: OnAndroid,
  keyStore: Keystore,
): Promise<void> {
  const play = await protectByPlay(app.apks, signer)
  const delivered = { build: bundle, segments: await play.installed('arm64-v8a'), keyStore }
  const uploaded = { build: bundle, segments: await app.installed('arm64-v8a'), keyStore }
  await onAndroid('Pixel, with the app as Google Play protects it', 'refused', delivered)
  const add = async (...more: readonly string[]) => {
    const set = await file('device.zip', await play.deviceSet('arm64-v8a'))
    const args = [
      'build',
      'add',
      set,
      '--app',
      android,
      '--id',
      bundle,
      '--variant',
      'play-protected',
      ...more,
    ]
    const { status, stderr } = await stage.assay(...args)
    if (status !== 0) throw new Error(`assay build add --variant failed: ${stderr}`)
  }
  await add()
  await onAndroid('the same, once it is registered as a variant', 'served', delivered)
  await onAndroid('beside it, the app as it was uploaded', 'served', uploaded)
  const ended = await stage.assay('build', 'retire', bundle, '--app', android, '--variant', 'first', '--yes')
  if (ended.status !== 0) throw new Error(`assay build retire --variant failed: ${ended.stderr}`)
  const patched = delivered.segments.map((each) =>
    each.kind === 'dex' ? { ...each, bytes: Buffer.from(each.bytes).fill(0, 100, 108) } : each,
  )
  await onAndroid('the protected app, patched, once only the variant is served', 'refused', {
    ...delivered,
    segments: patched,
  })
  await onAndroid('the app as Google Play protects it', 'served', delivered)
}

/** Registers the apps and builds as an operator does. */
async function register({ assay, file, signer }: Stage, api: RunningApi) {
  const [first, updated] = [scriptOf('first'), scriptOf('second')]
  const app = await buildNativeApp(
    {
      ...{ package: android, versionCode: 1, sdk: 'assay-android/0.1.0' },
      scripts: { 'assets/index.android.bundle': first },
    },
    signer,
  )
  const iosApp = await buildNativeIpa({
    ...{ bundleId: ios, bundleVersion: '1', sdk: 'assay-ios/0.1.0' },
    files: { [script.ios]: first },
  })
  const must = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await assay(...args)
    if (status !== 0) throw new Error(`assay ${args[0]} ${args[1]} failed: ${stderr}`)
    return stdout
  }
  const json = (name: string, value: object) => file(name, Buffer.from(JSON.stringify(value)))
  const androidEvidence = await json('native.json', {
    android_key_attestation: { enrolments_per_day: { device: 5, batch: 100 } },
  })
  const iosEvidence = await json('native-ios.json', {
    apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
  })
  const signed = ['--store-signer', signer.sha256]
  await must('app', 'add', android, '--platform', 'android', '--evidence', androidEvidence, ...signed)
  await must('app', 'add', ios, '--platform', 'ios', '--evidence', iosEvidence)
  await must('api', 'add', api.url, '--app', android, '--app', ios, '--tier', 'affirming')
  const add = async (to: string, from: string, ...more: readonly string[]) =>
    (JSON.parse(await must('build', 'add', from, '--app', to, ...more, '--json')) as { id: string }).id
  const addUpdate = async (to: string, base: string, name: string) => {
    const folder = path.dirname(await file(`${to}-update`, Buffer.alloc(0)))
    const root = path.join(folder, `update-of-${to}`)
    await mkdir(path.join(root, path.dirname(name)), { recursive: true })
    await file(path.join(`update-of-${to}`, name), updated)
    return add(to, root, '--base', base, '--id', `${base}.r2`)
  }
  const bundle = await add(android, await file('native.aab', app.aab))
  const ipa = await add(ios, await file('native.ipa', iosApp.ipa))
  return {
    ...{ app, iosApp, updated, bundle, ipa },
    update: await addUpdate(android, bundle, script.android),
    iosUpdate: await addUpdate(ios, ipa, script.ios),
  }
}

function scriptOf(word: string): Buffer {
  return Buffer.from(Array.from({ length: 400 }, (_, i) => `globalThis.${word}${i} = ${i}\n`).join(''))
}
