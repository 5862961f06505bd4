import {
  buildNativeApp,
  buildNativeIpa,
  createNativeDevice,
  keystoreOf,
  protectByPlay,
  type ApkSigner,
  type DeliveredApp,
  type NativeApp,
  type NativeIpa,
  type Phones,
} from '@assay/testkit'
import type { AdmissibleTier } from '@assay/protocol'
import type { NativeApps } from '../world/world.ts'
import { startApi, type RunningTarget } from './apis.ts'
import type { Administrator } from './operator.ts'
import { enrolmentsPerDay } from './phones.ts'

/** The parts of the native apps in every world. */
export interface NativeMaterial {
  readonly android: NativeApp
  /** What Google Play delivers of it with automatic protection. */
  readonly play: DeliveredApp
  readonly ios: NativeIpa
}

/** How their phones vouch for them. */
export interface NativeVouching {
  readonly tiers: readonly AdmissibleTier[]
  /** Phones with these apps. Left out: nothing vouches for the apps. */
  readonly phones?: Phones
}

const apps = { android: 'com.example.native', ios: 'com.example.native.ios' } as const
const versionCode = 7
const sdks = { android: 'assay-android/0.1.0', ios: 'assay-ios/0.1.0' } as const
/** The names of the apps in the phones' systems. */
export const nativeAppId = `ASSAY12345.${apps.ios}`
export const nativeInstalled = ({ sha256 }: ApkSigner) => ({
  package: apps.android,
  versionCode,
  signers: [sha256],
})

export async function makeNativeApps(signer: ApkSigner): Promise<NativeMaterial> {
  const android = await buildNativeApp(
    {
      package: apps.android,
      versionCode,
      sdk: sdks.android,
      scripts: { 'assets/index.android.bundle': Buffer.from('show(orders)\n'.repeat(500)) },
    },
    signer,
  )
  return {
    android,
    play: await protectByPlay(android.apks, signer),
    ios: await buildNativeIpa({
      bundleId: apps.ios,
      bundleVersion: String(versionCode),
      sdk: sdks.ios,
      files: { 'words.json': Buffer.from(JSON.stringify('word '.repeat(500))) },
    }),
  }
}

/** Registers both apps and starts their API. */
export async function setNativeApps(
  { android, play, ios }: NativeMaterial,
  { service, operator, signer }: { service: string; operator: Administrator; signer: ApkSigner },
  { tiers, phones }: NativeVouching,
): Promise<{ native: NativeApps; close: RunningTarget['close'] }> {
  const { close, ...orders } = await startApi({ issuer: service, apps: Object.values(apps), tiers })
  const evidence = phones && {
    // Nothing is set for the key: for a build with the Android SDK, hardware must hold it.
    android: { android_key_attestation: { enrolments_per_day: enrolmentsPerDay } },
    ios: { apple_app_attest: { app_ids: [nativeAppId], environments: ['production'], system: 'ios' } },
  }
  for (const platform of ['android', 'ios'] as const) {
    const signers = platform === 'android' ? { store_signers: [signer.sha256] } : {}
    const name = `The native app for ${platform}`
    await operator.addApp({
      id: apps[platform],
      platform,
      name,
      ...signers,
      evidence: evidence?.[platform] ?? {},
    })
  }
  await operator.addApi({ audience: orders.url, apps: Object.values(apps), tiers: [...tiers] })
  const { id: androidBuild } = await operator.addBuild(apps.android, android.aab, 'aab', {})
  const { id: iosBuild } = await operator.addBuild(apps.ios, ios.ipa, 'ipa', {})
  const common = { endpoint: service, audiences: { [orders.url]: orders.url } }
  return {
    native: {
      orders,
      app: apps.android,
      apks: android.apks,
      play,
      register: async (build, variant) => {
        await operator.addBuild(apps.android, android.aab, 'aab', { id: build })
        if (variant === undefined) return
        const { name, ...more } = variant
        await operator.addBuild(apps.android, play.apks, 'apks', { id: build, variant: name, ...more })
      },
      installed: (abi) => android.installed(abi),
      iosText: ios.text,
      keystore: (phone) => keystoreOf(phone),
      android: async (options = {}) => {
        const { abi = 'arm64-v8a' } = options
        return createNativeDevice({
          ...common,
          ...{ app: apps.android, build: androidBuild, sdk: sdks.android, abi },
          segments: await android.installed('arm64-v8a'),
          ...(phones && { keyStore: keystoreOf(phones.pixel()) }),
          ...options,
        })
      },
      ios: async (options = {}) =>
        createNativeDevice({
          ...common,
          ...{ app: apps.ios, build: iosBuild, sdk: sdks.ios, segments: ios.segments, text: ios.text },
          ...(phones && { evidence: phones.iphone().evidence }),
          ...options,
        }),
    },
    close,
  }
}
