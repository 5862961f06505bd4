import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryImage } from '@assay/client'
import {
  createApkSigner,
  createCliProcess,
  createDevice,
  fetchApk,
  publishedApks,
  startFreshService,
  type DeviceOptions,
} from '@assay/testkit'
import { shop, type InstalledBuild, type World } from '../world.ts'
import { startApis } from './apis.ts'
import { makeRelease, newSecret, registerBuilds } from './builds.ts'
import { createOperator } from './operator.ts'

/** A world that runs, and what ends it. */
export interface RunningWorld {
  readonly world: World
  close(): Promise<void>
}

const cliScript = fileURLToPath(import.meta.resolve('@assay/cli')).replace(/index\.js$/, 'main.js')
const apkCache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

/** Starts one service for all attacks, registers app, builds and APIs, and starts the victims. */
export async function setWorld(): Promise<RunningWorld> {
  const apps = { android: publishedApks.apiDemos.applicationId, web: 'com.example.web' }
  const published = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
  const signer = await createApkSigner('Release')
  const secret = newSecret()
  const release = await makeRelease(published, secret, signer)
  const service = await startFreshService(createCliProcess(cliScript))
  const closing: (() => Promise<void>)[] = [() => service.stop()]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const { apis, close: closeApis } = await startApis(service.url, apps, secret)
    closing.push(closeApis)
    const operator = createOperator(service.url, service.env['ASSAY_API_KEY'] as string, apps.android)
    const builds = await registerBuilds(operator, apps, release)
    const both = [apps.android, apps.web]
    await operator.addApi({
      audience: apis.orders.url,
      apps: both,
      tiers: ['warning'],
      origins: [shop.origin],
    })
    await operator.addApi({ audience: apis.payments.url, apps: [apps.android], tiers: ['warning'] })
    const install = (app: string, { id, segments }: InstalledBuild, options: Partial<DeviceOptions>) =>
      createDevice({
        apk: memoryImage(segments),
        endpoint: service.url,
        app,
        build: id,
        audiences: audiencesOf(apis, app === apps.web ? [] : [apis.payments.url]),
        ...options,
      })
    const world: World = {
      service: service.url,
      operator,
      apps,
      apks: { published, release },
      builds,
      signer,
      apis,
      device: (options = {}) => install(apps.android, builds.release, options),
      webDevice: (options = {}) => install(apps.web, builds.web, options),
    }
    return { world, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Every node of the orders API takes tokens for its one audience. */
function audiencesOf(apis: World['apis'], others: readonly string[]): Record<string, string> {
  const { orders, nodes, ordersSecondNode, nonceNodes, webOrders, later, legacy, counting } = apis
  const all = [
    orders,
    ...Object.values(nodes),
    ordersSecondNode,
    ...nonceNodes,
    webOrders,
    later,
    legacy,
    counting,
  ]
  const audiences: Record<string, string> = {}
  for (const { url } of all) audiences[url] = orders.url
  for (const url of others) audiences[url] = url
  return audiences
}
