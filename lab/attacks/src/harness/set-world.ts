import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { memoryImage } from '@assay/client'
import {
  createApkSigner,
  createCliProcess,
  createDevice,
  fetchApk,
  publishedApks,
  startFreshService,
  type ApkSigner,
  type CliProcess,
  type DeviceOptions,
  type FreshService,
} from '@assay/testkit'
import type { AdmissibleTier, AppEvidence } from '@assay/protocol'
import { shop, type InstalledBuild, type World } from '../world/world.ts'
import { startApis } from './apis.ts'
import { makeRelease, newSecret, registerBuilds } from './builds.ts'
import { makeNativeApps, setNativeApps, type NativeMaterial, type NativeVouching } from './native-apps.ts'
import { startWrittenService } from './database-writer.ts'
import { createOperator, type Administrator } from './operator.ts'
import { startGateways } from './gateways.ts'
import { startProxied } from './proxied.ts'
import { startProxies } from './proxies.ts'
import { startStock } from './stock.ts'

/** The parts that all worlds share. */
export interface Material {
  readonly cli: CliProcess
  readonly apps: World['apps']
  readonly apks: World['apks']
  readonly signer: ApkSigner
  readonly secret: string
  readonly native: NativeMaterial
}

/** How worlds differ. */
export interface WorldOptions {
  /** Tiers that the APIs accept. */
  readonly tiers: readonly AdmissibleTier[]
  /** Evidence that the Android app may send. Default: none. */
  readonly evidence?: AppEvidence
  /** Further arguments of `assay serve`. */
  readonly serve?: readonly string[]
  /** How phones vouch for the Android app. */
  readonly vouching: Pick<World, 'evidence' | 'vouch'>
  readonly native: NativeVouching
}

/** A running world, and a function that stops it. */
export interface RunningWorld {
  readonly world: World
  readonly service: FreshService
  readonly operator: Administrator
  /** A device with a build of any app. */
  install(app: string, build: InstalledBuild, options: Partial<DeviceOptions>): ReturnType<World['device']>
  close(): Promise<void>
}

const apkCache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

export async function gatherMaterial(): Promise<Material> {
  const published = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
  const signer = await createApkSigner('Release')
  const secret = newSecret()
  return {
    cli: createCliProcess(),
    apps: { android: publishedApks.apiDemos.applicationId, web: 'com.example.web' },
    apks: { published, release: await makeRelease(published, secret, signer) },
    signer,
    secret,
    native: await makeNativeApps(signer),
  }
}

/** Starts one service for all attacks of a level, registers apps, builds and APIs, and starts the victims. */
export async function setWorld(material: Material, options: WorldOptions): Promise<RunningWorld> {
  const service = await startFreshService(material.cli, options.serve)
  const closing: (() => Promise<void>)[] = [() => service.stop()]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const { apps, apks, signer, secret } = material
    const { apis, close: closeApis } = await startApis(service.url, apps, secret, options.tiers)
    closing.push(closeApis)
    const operator = createOperator(service.url, service.env['ASSAY_API_KEY'] as string, apps)
    const builds = await registerBuilds(operator, apps, apks.release, options.evidence ?? {})
    await registerApis(operator, apps, apis, options.tiers)
    const { native, close: closeNative } = await setNativeApps(
      material.native,
      { service: service.url, operator, signer },
      options.native,
    )
    closing.push(closeNative)
    const install: RunningWorld['install'] = (app, { id, segments }, more) =>
      createDevice({
        apk: memoryImage(segments),
        endpoint: service.url,
        app,
        build: id,
        audiences: audiencesOf(apis, app === apps.android ? [apis.payments.url, apis.access.url] : []),
        ...more,
      })
    const world: World = {
      service: service.url,
      operator,
      apps,
      apks,
      builds,
      signer,
      apis,
      startProxies: () => startProxies(service.url),
      startGateways: () =>
        startGateways({
          issuer: service.url,
          audience: apis.orders.url,
          app: apps.android,
          tiers: options.tiers,
        }),
      startProxied: (route, nodes = 1, urls = 'own') =>
        startProxied(
          {
            issuer: service.url,
            audience: apis.orders.url,
            apps: [apps.android],
            tiers: options.tiers,
            secret,
          },
          route,
          nodes,
          urls,
        ),
      startStock: () => startStock(service.url, apps.android, options.tiers, operator),
      startWritten: startWrittenService,
      native,
      device: (more = {}) =>
        install(apps.android, builds.release, { evidence: options.vouching.evidence(), ...more }),
      webDevice: (more = {}) => install(apps.web, builds.web, more),
      ...options.vouching,
    }
    return { world, service, operator, install, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function registerApis(
  operator: Administrator,
  { android, web }: World['apps'],
  { orders, payments, access }: World['apis'],
  tiers: readonly AdmissibleTier[],
): Promise<void> {
  const accepted = { tiers: [...tiers] }
  await operator.addApi({
    audience: orders.url,
    apps: [android, web],
    origins: [shop.origin],
    ...accepted,
  })
  await operator.addApi({ audience: payments.url, apps: [android], ...accepted })
  await operator.addApi({ audience: access.url, apps: [android], token: 'access', ...accepted })
}

/** Every node of the orders API accepts tokens for its one audience. */
function audiencesOf(apis: World['apis'], others: readonly string[]): Record<string, string> {
  const {
    orders,
    nodes,
    ordersSecondNode,
    nonceNodes,
    webOrders,
    later,
    legacy,
    counting,
    renewing,
    cramped,
  } = apis
  const all = [
    orders,
    ...Object.values(nodes),
    ordersSecondNode,
    ...nonceNodes,
    webOrders,
    later,
    legacy,
    counting,
    renewing,
    cramped,
  ]
  const audiences: Record<string, string> = {}
  for (const { url } of all) audiences[url] = orders.url
  for (const url of others) audiences[url] = url
  return audiences
}
