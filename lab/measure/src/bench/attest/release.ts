import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parsePlan, type CodeImage } from '@assay/measurement'
import {
  decodeBase64url,
  type AttestationRequest,
  type ChallengeResponse,
  type ClientData,
} from '@assay/protocol'
import {
  apkCodeImage,
  createApkSigner,
  createDevice,
  fetchApk,
  publishedApks,
  readClientData,
  rebuildApk,
  sdkFiles,
} from '@assay/testkit'
import { cli } from '../registration/cli.ts'
import { apkCache } from '../registration/register-apk.ts'
import type { BenchRow } from '../row/row.ts'
import { planCounts } from './plan-counts.ts'

const app = publishedApks.apiDemos.applicationId
const audience = 'https://api.example.com'

/** A release build of a real app that is registered with a service, and the requests of the real SDK in it. */
export interface Release {
  readonly url: string
  readonly image: CodeImage
  readonly clientData: ClientData
  /** The first that the device carried out, base64url. */
  readonly plan: string
}

/** Registers the release, and has one device attest with the SDK. */
export async function registerRelease(url: string, key: string): Promise<Release> {
  const [release] = await registerReleases(url, key, 1)
  return release as Release
}

/** The same for releases of one app whose code differs. */
export async function registerReleases(url: string, key: string, count: number): Promise<Release[]> {
  const env = { ASSAY_URL: url, ASSAY_API_KEY: key }
  const original = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
  const signer = await createApkSigner('Release')
  // The code is in one file, as a bundler writes it.
  const sdk = { 'assets/assay/sdk.js': Buffer.concat(Object.values(await sdkFiles())) }
  await cli.succeed(['app', 'add', app, '--platform', 'android'], env)
  await cli.succeed(['api', 'add', audience, '--app', app, '--tier', 'warning'], env)
  const releases: Release[] = []
  for (let i = 0; i < count; i++) {
    const own = i === 0 ? {} : { 'assets/own.js': Buffer.from(`export const release = ${i}\n`) }
    const apk = await rebuildApk(original, { variant: 'release', put: { ...sdk, ...own } }, signer)
    releases.push(await registerApk(apk, `release-${i}`, url, env))
  }
  return releases
}

async function registerApk(
  apk: Buffer,
  build: string,
  url: string,
  env: Readonly<Record<string, string>>,
): Promise<Release> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-apk-'))
  const file = path.join(folder, 'release.apk')
  await writeFile(file, apk)
  await cli.succeed(['build', 'add', file, '--app', app, '--id', build], env)
  await rm(folder, { recursive: true, force: true })
  const image = await apkCodeImage(apk)
  const audiences = { [audience]: audience }
  const device = await createDevice({ apk: image, endpoint: url, app, build, audiences })
  await device.client.getToken()
  device.close()
  const { plan = '' } = device.exchanges[0]?.response as ChallengeResponse
  const clientData = readClientData(device.exchanges.at(-1)?.request as AttestationRequest)
  return { url, image, clientData, plan }
}

/** The counts of the plan, and the numbers of segments and functions in the answer. */
export function planFacts({ clientData, plan }: Release): NonNullable<BenchRow['facts']> {
  return {
    ...planCounts(parsePlan(decodeBase64url(plan) as Uint8Array)),
    tags: Object.keys(clientData.measurement.tags).length,
  }
}
