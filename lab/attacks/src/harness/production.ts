import { AssayClientError, memoryImage } from '@assay/client'
import { apkSegments, createDevice, startFreshService } from '@assay/testkit'
import type { Verdict } from '../attack.ts'
import { refused, served, verdictOfExchange } from '../verdict.ts'
import type { HardwareWorld, InstalledBuild } from '../world.ts'
import { addIosBuild, iosApp } from './ios-app.ts'
import { createOperator, type Administrator } from './operator.ts'
import { androidEvidence, iosEvidence } from './phones.ts'
import type { Material } from './set-world.ts'

/** Services beside that of the world: as in production, and as nobody should start one. */
export function production(
  material: Material,
  vendorFile: string,
): Pick<HardwareWorld, 'startProduction' | 'startWithTestVendors'> {
  return {
    startWithTestVendors: (...args) => startWith(material, ['--test-vendors', vendorFile, ...args]),
    async startProduction() {
      const service = await startFreshService(material.cli)
      const { android } = material.apps
      const operator = createOperator(service.url, service.env['ASSAY_API_KEY'] as string, android)
      const builds = {
        android: await addAndroidApp(operator, material),
        ios: await addIosApp(operator),
      }
      await operator.addApi({ audience, apps: [android, iosApp], tiers: ['affirming', 'warning'] })
      const apps = { android, ios: iosApp }
      return {
        async attest(platform, evidence) {
          const { id, segments } = builds[platform]
          const device = await createDevice({
            apk: memoryImage(segments),
            endpoint: service.url,
            app: apps[platform],
            build: id,
            audiences: { [audience]: audience },
            evidence,
          })
          try {
            await device.client.getToken(audience)
            return served()
          } catch (error) {
            if (!(error instanceof AssayClientError)) throw error
            return await verdictOfExchange(device, error, { operator })
          } finally {
            device.close()
          }
        },
        stop: () => service.stop(),
      }
    },
  }
}

const audience = 'https://api.example'

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

/** Refused if the service does not start, with the code that it gives on its standard error. */
async function startWith({ cli }: Material, args: readonly string[]): Promise<Verdict> {
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
