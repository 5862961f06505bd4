import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  buildNativeApp,
  buildNativeIpa,
  createApkSigner,
  createCliProcess,
  createNativeDevice,
  startFreshService,
  startPhoneVendors,
  type InstalledApp,
  type NativeApp,
  type NativeDeviceOptions,
  type NativeIpa,
  type Phones,
} from '@assay/testkit'
import { startGuardedApi, startLiveApi, type GuardedApi, type LiveApi } from '@assay/testkit/victims'

/** The loaded code of one installation, and its registered build. */
type Loaded = Pick<NativeDeviceOptions, 'build' | 'segments'> &
  Partial<Pick<NativeDeviceOptions, 'abi' | 'audiences' | 'text' | 'keyStore' | 'evidence' | 'withoutToken'>>

/** Native apps of one owner, registered as releases for the stores are, and an API that accepts `affirming` only. */
export interface SimulatedWorld {
  readonly api: GuardedApi
  /** `api` for the pages of one origin. */
  apiForPages(origin: string): Promise<GuardedApi>
  /** One more for the iOS app, whose own policy refuses other text in memory. */
  readonly watching: GuardedApi
  /** WebSocket, GraphQL and gRPC under the registered name of `api`. */
  readonly live: LiveApi
  readonly phones: Phones
  readonly android: NativeApp
  readonly ios: NativeIpa
  /** Ids of the builds. `update` replaces the script of `bundle`, `iosUpdate` that of `ipa`. */
  readonly builds: Readonly<Record<'bundle' | 'splits' | 'update' | 'ipa' | 'iosUpdate', string>>
  /** The script that each update brings, under its name on that platform. */
  readonly scripts: Readonly<Record<'android' | 'ios', { name: string; updated: Buffer }>>
  androidPhone(loaded: Loaded): InstalledApp
  iphone(loaded: Loaded): InstalledApp
  /** The operator's code for the denial behind a trace id. */
  codeOf(trace: string | undefined): Promise<string>
  close(): Promise<void>
}

const androidApp = 'com.example.native'
const iosApp = 'com.example.native.ios'
const appId = `ASSAY12345.${iosApp}`
const sdks = { android: 'assay-android/0.1.0', ios: 'assay-ios/0.1.0' } as const
const scripts = {
  android: { name: 'base/assets/index.android.bundle', updated: scriptOf('second') },
  ios: { name: 'main.jsbundle', updated: scriptOf('second') },
} as const

export async function setSimulatedWorld(): Promise<SimulatedWorld> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-native-'))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const vendors = await startPhoneVendors()
    closing.push(() => vendors.close())
    const vendorFile = path.join(folder, 'vendors.json')
    await vendors.write(vendorFile)
    const cli = createCliProcess()
    const service = await startFreshService(cli, ['--test-vendors', vendorFile])
    closing.push(() => service.stop())
    const api = await startGuardedApi({
      issuer: service.url,
      apps: [androidApp, iosApp],
      tiers: ['affirming'],
    })
    closing.push(() => api.close())
    const watching = await startGuardedApi({ issuer: service.url, apps: [iosApp], tiers: ['warning'] })
    closing.push(() => watching.close())
    const live = await startLiveApi({
      issuer: service.url,
      apps: [androidApp],
      tiers: ['affirming'],
      audience: api.url,
    })
    closing.push(() => live.close())

    const assay = async (...args: readonly string[]) => (await cli.succeed(args, service.env)).stdout
    const file = async (name: string, content: string | Buffer) => {
      const target = path.join(folder, name)
      await mkdir(path.dirname(target), { recursive: true })
      await writeFile(target, content)
      return target
    }
    const signer = await createApkSigner('Store')
    const [android, ios] = await Promise.all([
      buildNativeApp(
        {
          package: androidApp,
          versionCode: 7,
          sdk: sdks.android,
          scripts: { 'assets/index.android.bundle': scriptOf('first') },
        },
        signer,
      ),
      buildNativeIpa({
        bundleId: iosApp,
        bundleVersion: '7',
        sdk: sdks.ios,
        files: { 'main.jsbundle': scriptOf('first'), 'words.json': Buffer.from('{}'.repeat(400)) },
      }),
    ])
    const addApp = async (id: string, platform: string, evidence: object, ...more: readonly string[]) => {
      const settings = await file(`${platform}.json`, JSON.stringify(evidence))
      await assay('app', 'add', id, '--platform', platform, '--evidence', settings, ...more)
    }
    const androidEvidence = { android_key_attestation: { enrolments_per_day: { device: 5, batch: 100 } } }
    // The store signs, so that only the operator knows by which key.
    await addApp(androidApp, 'android', androidEvidence, '--store-signer', signer.sha256)
    const iosEvidence = { app_ids: [appId], environments: ['production'], system: 'ios' }
    await addApp(iosApp, 'ios', { apple_app_attest: iosEvidence })
    await assay('api', 'add', api.url, '--app', androidApp, '--app', iosApp, '--tier', 'affirming')
    const addFrom = async (app: string, from: string, ...more: readonly string[]) => {
      const added = await assay('build', 'add', from, '--app', app, ...more, '--json')
      return (JSON.parse(added) as { id: string }).id
    }
    await assay('policy', 'set', 'watching', await file('watching.json', JSON.stringify(watchingText)))
    await assay('api', 'add', watching.url, '--app', iosApp, '--tier', 'warning', '--policy', 'watching')
    const add = async (app: string, name: string, content: Buffer, ...more: readonly string[]) =>
      addFrom(app, await file(name, content), ...more)
    const update = async (
      app: string,
      base: string,
      { name, updated }: { name: string; updated: Buffer },
    ) => {
      await file(path.join(app, name), updated)
      return addFrom(app, path.join(folder, app), '--base', base, '--id', `${base}.r2`)
    }
    const bundle = await add(androidApp, 'app.aab', android.aab)
    const ipa = await add(iosApp, 'App.ipa', ios.ipa)
    const builds = {
      bundle,
      splits: await add(androidApp, 'app.apks', android.apks, '--id', 'splits'),
      update: await update(androidApp, bundle, scripts.android),
      ipa,
      iosUpdate: await update(iosApp, ipa, scripts.ios),
    }
    const audiences = { [api.url]: api.url }
    const install = (app: string, sdk: string, loaded: Loaded) =>
      createNativeDevice({ endpoint: service.url, app, sdk, audiences, ...loaded })
    return {
      api,
      async apiForPages(origin) {
        const settings = { issuer: service.url, apps: [androidApp], tiers: ['affirming'] as const }
        const forPages = await startGuardedApi({
          ...settings,
          audience: api.url,
          origins: [origin],
          nonces: true,
        })
        closing.push(() => forPages.close())
        return forPages
      },
      watching,
      live,
      phones: vendors.phones({ package: androidApp, versionCode: 7, signers: [signer.sha256] }, appId),
      android,
      ios,
      builds,
      scripts,
      androidPhone: (loaded) => install(androidApp, sdks.android, loaded),
      iphone: (loaded) => install(iosApp, sdks.ios, loaded),
      async codeOf(trace = '') {
        return (JSON.parse(await assay('attestation', 'show', trace, '--json')) as { code: string }).code
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const watchingText = {
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: [
    { when: 'true', tier: 'warning' },
    { when: "software.text == 'differs'", tier: 'contraindicated', reason: 'OPERATOR_RULE' },
    { when: "software.text == 'absent'", tier: 'contraindicated', reason: 'PROBE_UNANSWERED' },
  ],
}

function scriptOf(word: string): Buffer {
  return Buffer.from(Array.from({ length: 400 }, (_, i) => `globalThis.${word}${i} = ${i}\n`).join(''))
}
