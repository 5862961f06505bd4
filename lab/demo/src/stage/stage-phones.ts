import { memoryImage } from '@assay/client'
import type { AppEvidence } from '@assay/protocol'
import {
  apkSegments,
  buildIpa,
  createDevice,
  youngEvidencePolicy,
  type ApkSigner,
  type CliProcess,
  type Device,
  type DeviceOptions,
  type FreshService,
  type Phones,
  type PhoneVendors,
} from '@assay/testkit'
import { startGuardedApi, type RunningApi } from '@assay/testkit/victims'
import type { Story } from '../row/row.ts'

/** The same Android app again, and an iOS app, both registered with hardware evidence. */
export interface PhoneStage {
  readonly phones: Phones
  readonly apis: {
    readonly android: RunningApi
    readonly ios: RunningApi
    /** An API that accepts only hardware evidence of the last few seconds. */
    readonly hasty: RunningApi
  }
  /** New installation keys that a phone's attestation key may vouch for within a day. */
  readonly enrolmentsPerDay: number
  /** A genuine Pixel with the Android app, unless `options` say otherwise. */
  pixel(options?: Partial<DeviceOptions>): Promise<Device>
  /** A genuine iPhone with the iOS app, unless `options` say otherwise. */
  iphone(options?: Partial<DeviceOptions>): Promise<Device>
  close(): Promise<void>
}

/** What the stage needs: a service, a release build, and the folder from which the CLI reads files. */
interface Ground {
  readonly service: FreshService
  readonly signer: ApkSigner
  readonly apks: { readonly release: Buffer }
  /** The name of the app's package. */
  readonly packageName: string
  file(name: string, content: Buffer): Promise<string>
}

/** The greatest age in seconds of hardware evidence for the API called `hasty`. */
export const hastyAge = 3

const androidApp = 'com.example.phones'
const iosApp = 'com.example.ios'
const appId = `ASSAY12345.${iosApp}`
const enrolmentsPerDay = 3
const bundleName = 'main.jsbundle'

const androidEvidence: AppEvidence = {
  android_key_attestation: { enrolments_per_day: { device: enrolmentsPerDay, batch: 100 } },
  play_integrity: { request: 'classic', calls_per_day: 1, max_age: 600 },
}
const iosEvidence: AppEvidence = {
  apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
}

export async function setPhoneStage(
  ground: Ground,
  vendors: PhoneVendors,
  cli: CliProcess,
  story: Story,
): Promise<PhoneStage> {
  const apis = await startApis(ground.service.url)
  const close = async () => {
    await Promise.all(Object.values(apis).map((api) => api.close()))
  }
  try {
    const segments = await apkSegments(ground.apks.release)
    const bundle = newBundle()
    const { android, ios } = await register({ ground, cli, apis, bundle, play: vendors.playKeys })
    story.say(
      'two apps whose phones vouch for them, Android and iOS; policy balanced, evidence of the testkit',
    )
    const phones = vendors.phones(
      { package: ground.packageName, versionCode: android.version_code, signers: [ground.signer.sha256] },
      appId,
    )
    const common = { endpoint: ground.service.url }
    return {
      phones,
      apis,
      enrolmentsPerDay,
      pixel: (options = {}) =>
        createDevice({
          ...common,
          apk: memoryImage(segments),
          app: androidApp,
          build: android.id,
          audiences: { [apis.android.url]: apis.android.url },
          evidence: options.evidence ?? phones.pixel().evidence,
          ...options,
        }),
      iphone: (options = {}) =>
        createDevice({
          ...common,
          apk: memoryImage([{ name: bundleName, kind: 'script', bytes: bundle }]),
          app: iosApp,
          build: ios.id,
          audiences: { [apis.ios.url]: apis.ios.url },
          evidence: options.evidence ?? phones.iphone().evidence,
          ...options,
        }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const tiers = ['affirming', 'warning'] as const

async function startApis(issuer: string): Promise<PhoneStage['apis']> {
  const guarded = (app: string) => startGuardedApi({ issuer, apps: [app], tiers })
  const [android, ios, hasty] = await Promise.all([guarded(androidApp), guarded(iosApp), guarded(androidApp)])
  return { android, ios, hasty }
}

interface Registration {
  ground: Ground
  cli: CliProcess
  apis: PhoneStage['apis']
  bundle: Buffer
  play: PhoneVendors['playKeys']
}

interface RegisteredBuild {
  id: string
  version_code: number
}

/** Registers the apps and builds as an operator does. */
async function register({ ground, cli, apis, bundle, play }: Registration) {
  const assay = async (...args: readonly string[]) => (await cli.succeed(args, ground.service.env)).stdout
  const json = (name: string, value: object) => ground.file(name, Buffer.from(JSON.stringify(value)))
  const addBuild = async (app: string, name: string, content: Buffer) => {
    const file = await ground.file(name, content)
    return JSON.parse(await assay('build', 'add', file, '--app', app, '--json')) as RegisteredBuild
  }
  const android = ['--platform', 'android', '--package', ground.packageName]
  const evidence = await json('android-evidence.json', androidEvidence)
  await assay('app', 'add', androidApp, ...android, '--evidence', evidence)
  await assay('app', 'secret', androidApp, 'play-integrity-keys', await json('play-keys.json', play))
  const appAttest = await json('ios-evidence.json', iosEvidence)
  await assay('app', 'add', iosApp, '--platform', 'ios', '--evidence', appAttest)
  await assay('policy', 'set', 'hasty', await json('hasty.json', youngEvidencePolicy(hastyAge)))
  const accepts = tiers.flatMap((tier) => ['--tier', tier])
  await assay('api', 'add', apis.android.url, '--app', androidApp, ...accepts)
  await assay('api', 'add', apis.ios.url, '--app', iosApp, ...accepts)
  await assay('api', 'add', apis.hasty.url, '--app', androidApp, ...accepts, '--policy', 'hasty')
  const ipa = await buildIpa({ bundleId: iosApp, bundleVersion: '1', files: { [bundleName]: bundle } })
  return {
    android: await addBuild(androidApp, 'phones.apk', ground.apks.release),
    ios: await addBuild(iosApp, 'app.ipa', ipa),
  }
}

function newBundle(): Buffer {
  return Buffer.from(Array.from({ length: 400 }, (_, i) => `globalThis.item${i} = ${i}\n`).join(''))
}
