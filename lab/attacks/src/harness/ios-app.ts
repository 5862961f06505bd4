import { buildIpa } from '@assay/testkit'
import type { HardwareWorld, InstalledBuild } from '../world/world.ts'
import type { Administrator } from './operator.ts'
import { appId, iosEvidence } from './phones.ts'

export const iosApp = appId.slice(appId.indexOf('.') + 1)

/** Registers the iOS app with two builds, and the API that it may call. */
export async function registerIosApp(
  operator: Administrator,
  audience: string,
): Promise<HardwareWorld['ios']> {
  await operator.addApp({ id: iosApp, platform: 'ios', name: 'API Demos for iPhone', evidence: iosEvidence })
  const builds = [await addIosBuild(operator, 1), await addIosBuild(operator, 2)] as const
  await operator.addApi({ audience, apps: [iosApp], tiers: ['affirming', 'warning'] })
  return { app: iosApp, builds }
}

const bundleName = 'main.jsbundle'

export async function addIosBuild(operator: Administrator, versionCode: number): Promise<InstalledBuild> {
  const lines = Array.from({ length: 400 }, (_, i) => `globalThis.item${i} = ${i * versionCode}\n`)
  const bundle = Buffer.from(lines.join(''))
  const ipa = await buildIpa({
    bundleId: iosApp,
    bundleVersion: String(versionCode),
    files: { [bundleName]: bundle },
  })
  const { id } = await operator.addBuild(iosApp, ipa, 'ipa', {})
  return { id, versionCode, segments: [{ name: bundleName, kind: 'script', bytes: bundle }] }
}
