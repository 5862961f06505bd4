import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  buildNativeApp,
  createApkSigner,
  createCliProcess,
  fetchApk,
  publishedApks,
  readZip,
  rebuildApk,
  startFreshService,
  startPhoneVendors,
  type Phones,
} from '@assay/testkit'
import { startGuardedApi, startLiveApi, type GuardedApi, type LiveApi } from '@assay/testkit/victims'
import { startRelay, type Relay } from '../program/relay.ts'
import { startKeyMint, type KeyMint } from './key-mint.ts'

/** The service with a registered Android app, an API behind the guard, phones, and the network between them. */
export interface AndroidWorld {
  readonly app: string
  readonly build: string
  /** URL of the service, past the relay. */
  readonly issuer: string
  readonly api: GuardedApi
  /** WebSocket and gRPC under the registered name of `api`. */
  readonly live: LiveApi
  /** Another API of the same app. */
  readonly other: GuardedApi
  /** A route of `api` that is only for the bundled app. */
  readonly route: GuardedApi
  readonly relay: Relay
  readonly keyMint: KeyMint
  readonly phones: Phones
  /** The registered APK. */
  readonly apk: Buffer
  /** Runs the CLI, with the operator's key by default. @returns its output */
  assay(args: readonly string[], apiKey?: string): Promise<string>
  /** Another app, registered from a bundle. */
  readonly bundled: BundledApp
  /** A separate folder for one phone, with the registered APK by default. */
  folderOf(name: string, files?: InstalledFiles): Promise<{ folder: string; apk: string; splits: string[] }>
  /** The operator's code of a denial. */
  codeOf(trace: string): Promise<string | undefined>
  /** SHA-256 of the certificate of an unregistered signer. */
  readonly foreignSigner: string
  close(): Promise<void>
}

/** What Android installs of an app. Under which names, it chooses itself. */
export interface InstalledFiles {
  readonly base: Buffer
  /** By file name, as `split_config.en.apk`. */
  readonly splits?: Readonly<Record<string, Buffer>>
}

/** An app that stores deliver in splits. */
export interface BundledApp {
  readonly app: string
  readonly build: string
  /** Builds of the same that are not admitted: one that the operator has retired, and one below the minimum. */
  readonly retired: string
  readonly outdated: string
  readonly phones: Phones
  /** Keys that one phone may vouch for in a day, and all phones of a batch. */
  readonly enrolments: { readonly device: number; readonly batch: number }
  /** A build without native code and features, of which a device gets the base and perhaps resources. */
  readonly plain: { readonly build: string; readonly phones: Phones; readonly base: Buffer }
  /** The splits for a device of this ABI: the base, its native code and a feature. */
  installed(abi: 'arm64-v8a' | 'armeabi-v7a'): Promise<Required<InstalledFiles>>
}

const app = 'com.example.native'
const bundledApp = 'com.example.bundled'
const bundledEnrolments = { device: 3, batch: 4 }
const apkCache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-apks')

/** In the dex of every app with the SDK, by which registration finds it; here the dex is not the compiler's. */
const sdkDex = Buffer.from('dex\n035\0assay:sdk:assay-android/0.1.0;\0')

/** @param files of the app, besides those of the published one that it is made from */
export async function setAndroidWorld(files: Readonly<Record<string, Buffer>> = {}): Promise<AndroidWorld> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-phones-'))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const signer = await createApkSigner('Release')
    const published = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
    const apk = await rebuildApk(
      published,
      { variant: 'release', put: { 'assets/assay-sdk.dex': sdkDex, ...files } },
      signer,
    )
    const file = async (name: string, content: string | Buffer) => {
      const target = path.join(folder, name)
      await writeFile(target, content)
      return target
    }
    const vendors = await startPhoneVendors()
    closing.push(() => vendors.close())
    await vendors.write(path.join(folder, 'vendors.json'))
    const cli = createCliProcess()
    const service = await startFreshService(cli, ['--test-vendors', path.join(folder, 'vendors.json')])
    closing.push(() => service.stop())
    const relay = await startRelay(service.url)
    closing.push(() => relay.close())
    const keyMint = await startKeyMint()
    closing.push(() => keyMint.close())
    const tiers = ['affirming', 'warning'] as const
    const api = await startGuardedApi({ issuer: service.url, apps: [app, bundledApp], tiers })
    closing.push(() => api.close())
    const other = await startGuardedApi({ issuer: service.url, apps: [app], tiers })
    closing.push(() => other.close())
    const route = await startGuardedApi({
      issuer: service.url,
      apps: [bundledApp],
      tiers,
      audience: api.url,
    })
    closing.push(() => route.close())

    const live = await startLiveApi({ issuer: service.url, apps: [app], tiers, audience: api.url })
    closing.push(() => live.close())

    const assay = async (...args: readonly string[]) => (await cli.succeed(args, service.env)).stdout
    const evidenceOf = (limits: BundledApp['enrolments']) => ({
      android_key_attestation: { enrolments_per_day: limits },
    })
    const addApp = async (
      id: string,
      packageName: string,
      limits: BundledApp['enrolments'],
      ...more: readonly string[]
    ) =>
      assay(
        ...['app', 'add', id, '--platform', 'android', '--package', packageName],
        ...['--evidence', await file('evidence.json', JSON.stringify(evidenceOf(limits))), ...more],
      )
    const packageName = publishedApks.apiDemos.applicationId
    await addApp(app, packageName, { device: 20, batch: 100 })
    // The store signs the splits that it delivers; a bundle does not name that signer.
    await addApp(bundledApp, bundledApp, bundledEnrolments, '--store-signer', signer.sha256)
    const accepted = tiers.flatMap((tier) => ['--tier', tier])
    await assay('api', 'add', api.url, '--app', app, '--app', bundledApp, ...accepted)
    await assay('api', 'add', other.url, '--app', app, ...accepted)
    const addBuild = async (of: string, from: string, ...more: readonly string[]) =>
      JSON.parse(await assay('build', 'add', from, '--app', of, ...more, '--json')) as {
        id: string
        version_code: number
      }
    const build = await addBuild(app, await file('app.apk', apk))
    const phonesWith = (installed: Phones['installed']) =>
      vendors.phones(installed, 'ASSAY12345.com.example.none')
    const installed = { package: packageName, versionCode: build.version_code, signers: [signer.sha256] }
    const addBundled = async (): Promise<BundledApp> => {
      const content = { package: bundledApp, versionCode: 7, sdk: 'assay-android/0.1.0' }
      const { aab, apks } = await buildNativeApp(content, signer)
      const deliveredOf = async (of: Buffer) =>
        new Map(
          (await readZip(of)).map(({ name, content }) => [name.replace('splits/', ''), Buffer.from(content)]),
        )
      const delivered = await deliveredOf(apks)
      const named = (name: string) => delivered.get(name) as Buffer
      const plain = await buildNativeApp({ ...content, versionCode: 8, isPlain: true }, signer)
      const plainBuild = await addBuild(bundledApp, await file('plain.aab', plain.aab))
      const { id, version_code: versionCode } = await addBuild(bundledApp, await file('app.aab', aab))
      const addOlder = async (older: number) => {
        const { aab: bytes } = await buildNativeApp({ ...content, versionCode: older }, signer)
        return (await addBuild(bundledApp, await file(`${older}.aab`, bytes))).id
      }
      const [retired, outdated] = [await addOlder(6), await addOlder(5)]
      await assay('build', 'retire', retired, '--app', bundledApp, '--yes')
      await assay('app', 'update', bundledApp, '--min-version-code', '6')
      return {
        app: bundledApp,
        build: id,
        retired,
        outdated,
        enrolments: bundledEnrolments,
        phones: phonesWith({ package: bundledApp, versionCode, signers: [signer.sha256] }),
        plain: {
          build: plainBuild.id,
          phones: phonesWith({ package: bundledApp, versionCode: 8, signers: [signer.sha256] }),
          base: (await deliveredOf(plain.apks)).get('base-master.apk') as Buffer,
        },
        installed: async (abi) => {
          const name = abi.replaceAll('-', '_')
          const splits = {
            [`split_config.${name}.apk`]: named(`base-${name}.apk`),
            'split_checkout.apk': named('checkout-master.apk'),
          }
          return { base: named('base-master.apk'), splits }
        },
      }
    }
    return {
      app,
      build: build.id,
      issuer: service.url,
      api,
      live,
      other,
      route,
      relay,
      keyMint,
      phones: phonesWith(installed),
      bundled: await addBundled(),
      apk,
      async assay(args, apiKey) {
        const env = apiKey === undefined ? service.env : { ...service.env, ASSAY_API_KEY: apiKey }
        return (await cli.succeed(args, env)).stdout
      },
      async folderOf(name, { base, splits = {} } = { base: apk }) {
        const own = await mkdtemp(path.join(folder, `${name}-`))
        const put = async (file: string, content: Buffer) => {
          await writeFile(path.join(own, file), content)
          return path.join(own, file)
        }
        return {
          folder: own,
          apk: await put('base.apk', base),
          splits: await Promise.all(Object.entries(splits).map((one) => put(...one))),
        }
      },
      async codeOf(trace) {
        const headers = { authorization: `Bearer ${service.env['ASSAY_API_KEY']}` }
        const response = await fetch(new URL(`/v1/attestations/${trace}`, service.url), { headers })
        return ((await response.json()) as { code?: string }).code
      },
      foreignSigner: (await createApkSigner('Somebody')).sha256,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
