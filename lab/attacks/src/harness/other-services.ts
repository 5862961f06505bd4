import { AssayClientError, memoryImage } from '@assay/client'
import { apkSegments, createDevice, startFreshService, type DeviceOptions } from '@assay/testkit'
import type { Outcome } from '../world/outcome.ts'
import { outcomeOfExchange } from '../world/call.ts'
import { refused, served } from '../world/outcome.ts'
import type { HardwareWorld, InstalledBuild, OtherService, PhonePlatform } from '../world/world.ts'
import { addIosBuild, iosApp } from './ios-app.ts'
import { createOperator, type Administrator } from './operator.ts'
import { androidEvidence, iosEvidence } from './phones.ts'
import type { Material } from './set-world.ts'

/** Further services, besides that of the world. */
export function otherServices(
  material: Material,
  vendorFile: string,
): Pick<HardwareWorld, 'startOther' | 'startWithTestVendors'> {
  return {
    startOther: (vendors) => startOther(material, vendors === 'test' ? ['--test-vendors', vendorFile] : []),
    startWithTestVendors: (...args) => startWith(material, ['--test-vendors', vendorFile, ...args]),
  }
}

const audience = 'https://api.example'

async function startOther(material: Material, args: readonly string[]): Promise<OtherService> {
  let service = await startFreshService(material.cli, args)
  const operator = () => createOperator(service.url, service.env['ASSAY_API_KEY'] as string, material.apps)
  const apps = { android: material.apps.android, ios: iosApp }
  const builds = {
    android: await addAndroidApp(operator(), material),
    ios: await addIosApp(operator()),
  }
  await operator().addApi({ audience, apps: Object.values(apps), tiers: ['affirming', 'warning'] })
  const install = (platform: PhonePlatform, options: Partial<DeviceOptions>) =>
    createDevice({
      apk: memoryImage(builds[platform].segments),
      endpoint: service.url,
      app: apps[platform],
      build: builds[platform].id,
      audiences: { [audience]: audience },
      ...options,
    })
  return {
    async attest(platform, options) {
      const device = await install(platform, options)
      try {
        await device.client.getToken(audience)
        return served()
      } catch (error) {
        if (!(error instanceof AssayClientError)) throw error
        return await outcomeOfExchange(device, error, { operator: operator() })
      } finally {
        device.close()
      }
    },
    async restart() {
      service = await service.restart()
    },
    stop: () => service.stop(),
  }
}

async function addAndroidApp(
  operator: Administrator,
  { apps: { android }, apks }: Material,
): Promise<InstalledBuild> {
  await operator.addApp({ id: android, platform: 'android', name: 'API Demos', evidence: androidEvidence })
  const { id, version_code: versionCode } = await operator.addBuild(android, apks.release, 'apk', {})
  return { id, versionCode, segments: await apkSegments(apks.release) }
}

async function addIosApp(operator: Administrator): Promise<InstalledBuild> {
  await operator.addApp({ id: iosApp, platform: 'ios', name: 'API Demos for iPhone', evidence: iosEvidence })
  return addIosBuild(operator, 2)
}

/** Refused if the service does not start, with the code on its standard error. */
async function startWith({ cli }: Material, args: readonly string[]): Promise<Outcome> {
  try {
    const service = await startFreshService(cli, args)
    await service.stop()
    return served()
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    return refused(
      0,
      /\b(SERVICE_[A-Z_]+)/.exec(said)?.[1] ?? /\b(CLI_[A-Z_]+)/.exec(said)?.[1] ?? 'NOT_STARTED',
    )
  }
}
