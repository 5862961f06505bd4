import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createApkSigner,
  createCliProcess,
  fetchApk,
  publishedApks,
  rebuildApk,
  startFreshService,
  startPhoneVendors,
  type Phones,
} from '@assay/testkit'
import { startGuardedApi, type GuardedApi } from '@assay/victims'
import { startRelay, type Relay } from '../program/relay.ts'
import { startKeyMint, type KeyMint } from './key-mint.ts'

/** The service with a registered Android app, an API behind the guard, phones, and the network between them. */
export interface AndroidWorld {
  readonly app: string
  readonly build: string
  readonly api: GuardedApi
  readonly relay: Relay
  readonly keyMint: KeyMint
  readonly phones: Phones
  /** The registered APK. */
  readonly apk: Buffer
  /** The command line, with the operator's key unless another is given. @returns what it prints */
  assay(args: readonly string[], apiKey?: string): Promise<string>
  /** A folder of its own for one phone, with the registered APK in it unless another is given. */
  folderOf(name: string, apk?: Buffer): Promise<{ folder: string; apk: string }>
  /** The operator's code of a denial. */
  codeOf(trace: string): Promise<string | undefined>
  /** SHA-256 of the certificate of a signer that nobody registered. */
  readonly foreignSigner: string
  close(): Promise<void>
}

const app = 'com.example.native'
/** As it is built, wherever this runs from. */
const cliScript = fileURLToPath(new URL('dist/main.js', import.meta.resolve('@assay/cli/package.json')))
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
    const cli = createCliProcess(cliScript)
    const service = await startFreshService(cli, ['--test-vendors', path.join(folder, 'vendors.json')])
    closing.push(() => service.stop())
    const relay = await startRelay(service.url)
    closing.push(() => relay.close())
    const keyMint = await startKeyMint()
    closing.push(() => keyMint.close())
    const tiers = ['affirming', 'warning'] as const
    const api = await startGuardedApi({ issuer: service.url, apps: [app], tiers })
    closing.push(() => api.close())

    const assay = async (...args: readonly string[]) => (await cli.succeed(args, service.env)).stdout
    const evidence = { android_key_attestation: { enrolments_per_day: { device: 20, batch: 100 } } }
    const packageName = publishedApks.apiDemos.applicationId
    const evidenceFile = await file('evidence.json', JSON.stringify(evidence))
    await assay(
      'app',
      'add',
      app,
      '--platform',
      'android',
      '--package',
      packageName,
      '--evidence',
      evidenceFile,
    )
    await assay('api', 'add', api.url, '--app', app, ...tiers.flatMap((tier) => ['--tier', tier]))
    const added = await assay('build', 'add', await file('app.apk', apk), '--app', app, '--json')
    const build = JSON.parse(added) as { id: string; version_code: number }
    const installed = { package: packageName, versionCode: build.version_code, signers: [signer.sha256] }
    return {
      app,
      build: build.id,
      api,
      relay,
      keyMint,
      phones: vendors.phones(installed, 'ASSAY12345.com.example.none'),
      apk,
      async assay(args, apiKey) {
        const env = apiKey === undefined ? service.env : { ...service.env, ASSAY_API_KEY: apiKey }
        return (await cli.succeed(args, env)).stdout
      },
      async folderOf(name, content = apk) {
        const own = await mkdtemp(path.join(folder, `${name}-`))
        const target = path.join(own, 'base.apk')
        await writeFile(target, content)
        return { folder: own, apk: target }
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
