import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AssayClientError, memoryImage } from '@assay/client'
import { paths } from '@assay/protocol'
import {
  apkSegments,
  createDevice,
  createSoftwareKey,
  freePort,
  startFreshService,
  type Device,
  type DeviceOptions,
} from '@assay/testkit'
import type { Outcome } from '../world/outcome.ts'
import { outcomeOfExchange } from '../world/call.ts'
import { refused, served } from '../world/outcome.ts'
import type { HardwareWorld, InstalledBuild, OtherService, PhonePlatform } from '../world/world.ts'
import { writerOf } from './database-writer.ts'
import { pagesRungBy } from './pages.ts'
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
    startOther: (vendors) => startOther(material, vendors === 'test' ? vendorFile : undefined),
    startWithTestVendors: (...args) => startWith(material, ['--test-vendors', vendorFile, ...args]),
  }
}

const audience = 'https://api.example'

async function startOther(material: Material, vendorFile: string | undefined): Promise<OtherService> {
  const metrics = `127.0.0.1:${await freePort()}`
  const args = [
    '--metrics-listen',
    metrics,
    ...(vendorFile === undefined ? [] : ['--test-vendors', vendorFile]),
  ]
  const scrape = async () => (await fetch(`http://${metrics}/metrics`)).text()
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
      const over = new AbortController()
      try {
        // The SDK would come back after a malfunction, again and again.
        const malfunction = firstMalfunction(device, over)
        return await Promise.race([device.client.getToken(audience).then(() => served()), malfunction])
      } catch (error) {
        if (!(error instanceof AssayClientError)) throw error
        return await outcomeOfExchange(device, error, { operator: operator() })
      } finally {
        over.abort()
        device.close()
      }
    },
    async restart(list) {
      service = await service.restart(
        list === undefined || vendorFile === undefined
          ? args
          : ['--metrics-listen', metrics, '--test-vendors', await withOtherList(vendorFile)],
      )
    },
    get url() {
      return service.url
    },
    challengeBody: (build) =>
      JSON.stringify({
        app: apps.android,
        build,
        sdk: 'assay-js/0.1.0',
        key: createSoftwareKey().thumbprint,
        purpose: 'enrolment',
        audiences: [audience],
      }),
    async unsent() {
      let unsent = ''
      const device = await install('android', {
        rewrite(path, body) {
          if (path !== paths.attestations) return body
          unsent = body
          throw new Error('kept')
        },
      })
      void device.client.getToken(audience).catch(() => undefined)
      while (unsent === '') await wait(5)
      device.close()
      return unsent
    },
    async pages(meanwhile, times) {
      const before = await scrape()
      const refusals = await meanwhile()
      // Each node's metrics have a refusal within 15 seconds.
      await wait(16_000)
      return pagesRungBy([before, await scrape()], refusals, times)
    },
    writer: writerOf(path.join(service.env['ASSAY_DATA'] as string, 'assay.sqlite')),
    stop: () => service.stop(),
  }
}

/** Resolves once the service has answered with 503. */
async function firstMalfunction(
  { exchanges }: Pick<Device, 'exchanges'>,
  { signal }: { signal: AbortSignal },
): Promise<Outcome> {
  while (!signal.aborted) {
    const failed = exchanges.find(({ status }) => status === 503)
    if (failed !== undefined) return refused(503, (failed.response as { code: string }).code)
    await wait(20)
  }
  return refused(0, 'NO_MALFUNCTION')
}

/** The same vendors, where Google's list is at another URL. */
async function withOtherList(vendorFile: string): Promise<string> {
  const vendors = JSON.parse(await readFile(vendorFile, 'utf8')) as { status_list: string }
  const file = `${vendorFile}.other-list.json`
  await writeFile(file, JSON.stringify({ ...vendors, status_list: `${vendors.status_list}?of=another` }))
  return file
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
