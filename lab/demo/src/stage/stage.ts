import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  createApkSigner,
  createCliProcess,
  createDevice,
  fetchApk,
  publishedApks,
  rebuildApk,
  sdkFiles,
  startFreshService,
  startPhoneVendors,
  type ApkSigner,
  type CliProcess,
  type Device,
  type DeviceOptions,
  type FinishedCommand,
  type FreshService,
  type PhoneVendors,
} from '@assay/testkit'
import {
  startEmbeddedSecretApi,
  startGuardedApi,
  startProxiedApi,
  startUnprotectedApi,
  type RunningApi,
} from '@assay/testkit/victims'
import type { Story } from '../row/row.ts'
import { setPhoneStage, type PhoneStage } from './stage-phones.ts'

export const app = publishedApks.apiDemos.applicationId

/** The stage of all rows. */
export interface Stage {
  service: FreshService
  /** Runs a command of `assay` as this service's administrator. */
  assay(...args: readonly string[]): Promise<FinishedCommand>
  signer: ApkSigner
  apks: {
    /** Debug build as published. */
    published: string
    /** Release build made from it, with the SDK and, as the industry starts with, a secret in it. */
    release: Buffer
    /** Its successor, retired in the course of the story. */
    successor: Buffer
  }
  builds: { release: string; successor: string }
  apis: {
    unprotected: RunningApi
    embeddedSecret: RunningApi
    /** The same API behind a proxy, which holds a secret of its own. */
    proxied: RunningApi
    orders: RunningApi
    payments: RunningApi
    /** Its tokens are access tokens. */
    access: RunningApi
    later: RunningApi
  }
  device(options?: Partial<DeviceOptions>): Promise<Device>
  /** Writes an APK where the CLI can read it. */
  file(name: string, content: Buffer): Promise<string>
  /** Phones that vouch for the app, and what they act on. */
  phones: PhoneStage
  /** Apple and Google. */
  vendors: PhoneVendors
  close(): Promise<void>
}

/** Seconds by which the clock of the API called `later` is ahead. */
export const laterBy = 1200

const apkCache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

export async function setStage(story: Story): Promise<Stage> {
  story.heading('Setting the stage')
  const published = await fetchApk(publishedApks.apiDemos, apkCache)
  story.say(`a real app: ${app}, from npm's ${publishedApks.apiDemos.package}`)
  const signer = await createApkSigner('Release')
  const secret = `SG.${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`
  const { release, successor } = await makeBuilds(published, signer, secret)
  story.say('a release build of it, not debuggable, with the SDK inside, signed with a new key (scheme v2)')

  const cli = createCliProcess()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-demo-'))
  const vendors = await startPhoneVendors()
  const vendorFile = path.join(folder, 'vendors.json')
  await vendors.write(vendorFile)
  const service = await startFreshService(cli, ['--test-vendors', vendorFile])
  const apis = await startApis(service.url, secret)
  const stage: Omit<Stage, 'phones' | 'vendors'> = {
    service,
    assay: (...args) => cli.run(args, service.env),
    signer,
    apks: { published, release, successor },
    builds: { release: '', successor: '' },
    apis,
    device: (options = {}) =>
      createDevice({
        apk: release,
        endpoint: service.url,
        app,
        build: stage.builds.release,
        audiences: audiencesOf(apis),
        ...options,
      }),
    async file(name, content) {
      const file = path.join(folder, name)
      await writeFile(file, content)
      return file
    },
    async close() {
      await Promise.all(Object.values(apis).map((api) => api.close()))
      await service.stop()
      await vendors.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await register(stage, cli, story)
    const phones = await setPhoneStage({ ...stage, packageName: app }, vendors, cli, story)
    const close = async () => {
      await phones.close()
      await stage.close()
    }
    return { ...stage, phones, vendors, close }
  } catch (error) {
    await stage.close()
    throw error
  }
}

const audiencesOf = (apis: Stage['apis']) => ({
  [apis.orders.url]: apis.orders.url,
  [apis.payments.url]: apis.payments.url,
  [apis.access.url]: apis.access.url,
  [apis.later.url]: apis.later.url,
  [apis.proxied.url]: apis.proxied.url,
})

async function makeBuilds(published: string, signer: ApkSigner, secret: string) {
  const apk = await readFile(published)
  const put = {
    ...(await sdkFiles()),
    'assets/config.json': Buffer.from(JSON.stringify({ orders_api_key: secret })),
  }
  const release = await rebuildApk(apk, { variant: 'release', put }, signer)
  const news = { 'assets/news.html': Buffer.from('<p>new in this build</p>') }
  const successor = await rebuildApk(apk, { variant: 'release', put: { ...put, ...news } }, signer)
  return { release, successor }
}

/** Calls of a phone in a day that the proxy lets through. */
export const callsPerDay = 100

/** Seconds, the least that the guard accepts: the story waits for the next list. */
const statusMaxAge = 5

async function startApis(issuer: string, secret: string): Promise<Stage['apis']> {
  const common = { issuer, apps: [app], tiers: ['warning'], statusMaxAge } as const
  const guarded = (clockAhead = 0) => startGuardedApi({ ...common, clockAhead })
  const hidden = randomBytes(32).toString('base64url')
  const behind = await startEmbeddedSecretApi(hidden)
  const [unprotected, embeddedSecret, orders, payments, access, later, proxied] = await Promise.all([
    startUnprotectedApi(),
    startEmbeddedSecretApi(secret),
    guarded(),
    guarded(),
    startGuardedApi({ ...common, tokenKind: 'access' }),
    guarded(laterBy),
    startProxiedApi({
      issuer,
      apps: [app],
      tiers: ['warning'],
      upstream: behind.url,
      secret: hidden,
      route: {
        methods: ['GET'],
        path: '/v1/orders',
        meter: {
          installation: { requests: [`${callsPerDay}/day`] },
          network: { requests: ['10000/day'] },
        },
      },
    }),
  ])
  const close = async () => {
    await proxied.close()
    await behind.close()
  }
  return {
    unprotected,
    embeddedSecret,
    orders,
    payments,
    access,
    later,
    proxied: { url: proxied.url, close },
  }
}

async function register(
  stage: Omit<Stage, 'phones' | 'vendors'>,
  cli: CliProcess,
  story: Story,
): Promise<void> {
  const { env } = stage.service
  await cli.succeed(['app', 'add', app, '--platform', 'android', '--name', 'API Demos'], env)
  for (const [name, id] of [
    ['release', undefined],
    ['successor', 'successor'],
  ] as const) {
    const file = await stage.file(`${name}.apk`, stage.apks[name])
    const args = ['build', 'add', file, '--app', app, '--json', ...(id === undefined ? [] : ['--id', id])]
    const { stdout, milliseconds } = await cli.succeed(args, env)
    const build = JSON.parse(stdout) as { id: string; segments: unknown[] }
    stage.builds[name] = build.id
    story.say(
      `assay build add ${name}.apk: build ${build.id}, ${build.segments.length} segments, ${Math.round(milliseconds)} ms`,
    )
  }
  const { orders, payments, later, proxied, access } = stage.apis
  const add = ({ url }: RunningApi, ...more: string[]) =>
    cli.succeed(['api', 'add', url, '--app', app, '--tier', 'warning', ...more], env)
  for (const api of [orders, payments, later, proxied]) await add(api)
  await add(access, '--token', 'access')
  story.say(
    'four APIs registered and guarded, one of them with access tokens, and a fifth behind a proxy; each accepts the tier `warning`',
  )
}
