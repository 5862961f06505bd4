import { mediaTypes } from '@assay/protocol'
import {
  buildNativeApp,
  createApkSigner,
  createNativeDevice,
  protectByPlay,
  startFreshService,
  type ApkSigner,
  type DeliveredApp,
  type FreshService,
} from '@assay/testkit'
import { cli } from '../registration/cli.ts'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { withoutBare, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'

const rounds = { counted: 150, warmUp: 30 }
const audience = 'https://api.example'

/**
 * `attest.variants`: an exchange of an installation, from challenge request to token, whose build has 30 variants, compared with one
 * whose build has one, in turns. Both have the same variant, which was registered last.
 */
export async function attestVariantsRow(effort: Effort): Promise<BenchRow> {
  const { warmUp, counted: exchanges } = effort(rounds, oneRound)
  const many = effort(30, 2)
  const signer = await createApkSigner('Bench')
  const service = await startFreshService(cli)
  try {
    const few = await register(service, 'com.example.one', { count: 1, many }, signer)
    const all = await register(service, 'com.example.thirty', { count: many, many }, signer)
    const apps = ['com.example.one', 'com.example.thirty']
    await ask(service, 'POST', '/v1/apis', { audience, apps, tiers: ['warning'] })
    const devices = [
      await deviceWith(service, 'com.example.one', few),
      await deviceWith(service, 'com.example.thirty', all),
    ] as const
    const times = [[] as number[], [] as number[]] as const
    for (let i = 0; i < warmUp + exchanges; i++)
      for (const [which, { client }] of devices.entries()) {
        const begun = performance.now()
        await client.getToken(audience, { forceRefresh: true })
        if (i >= warmUp) times[which as 0 | 1].push(performance.now() - begun)
      }
    for (const device of devices) device.close()
    const [one, thirty] = [median(times[0]), median(times[1])]
    return {
      id: 'attest.variants',
      value: rounded(thirty),
      unit: 'ms',
      ...withoutBare,
      peer: 'a build with one variant',
      peerValue: rounded(one),
      peerRatio: rounded(thirty / one),
      facts: {
        variants: many,
        exchanges,
        digestsOfAnEpoch: `${2 * (many + 1)}: of each image, for each of two ABIs`,
      },
    }
  } finally {
    await service.stop()
  }
}

/** Registers an app with a build and its variants. @returns what the last of them is */
async function register(
  service: FreshService,
  app: string,
  { count, many }: { count: number; many: number },
  signer: ApkSigner,
): Promise<DeliveredApp> {
  await ask(service, 'POST', '/v1/apps', { id: app, platform: 'android', store_signers: [signer.sha256] })
  const built = await buildNativeApp({ package: app, versionCode: 1, sdk: 'assay-android/0.1.0' }, signer)
  await upload(service, `/v1/apps/${app}/builds?id=1`, mediaTypes.aab, built.aab)
  let last = await protectByPlay(built.apks, signer)
  for (let i = 1; i <= many; i++) {
    // Each protects what the last one did, so that its dex files are longer.
    if (i > 1) last = await protectByPlay(last.apks, signer, i)
    if (i > many - count)
      await upload(service, `/v1/apps/${app}/builds?id=1&variant=v${i}`, mediaTypes.apks, last.apks)
  }
  return last
}

async function deviceWith(service: FreshService, app: string, delivered: DeliveredApp) {
  return createNativeDevice({
    ...{ endpoint: service.url, app, build: '1', sdk: 'assay-android/0.1.0', abi: 'arm64-v8a' },
    audiences: { [audience]: audience },
    segments: await delivered.installed('arm64-v8a'),
  })
}

async function ask({ url, env }: FreshService, method: string, path: string, body: object): Promise<void> {
  await must(url, path, env, {
    method,
    headers: { 'content-type': mediaTypes.json },
    body: JSON.stringify(body),
  })
}

async function upload({ url, env }: FreshService, path: string, type: string, file: Buffer): Promise<void> {
  await must(url, path, env, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(file),
  })
}

async function must(
  url: string,
  path: string,
  env: FreshService['env'],
  init: { method: string; headers: Record<string, string>; body: string | Uint8Array<ArrayBuffer> },
): Promise<void> {
  const headers = { ...init.headers, authorization: `Bearer ${env['ASSAY_API_KEY'] ?? ''}` }
  const response = await fetch(new URL(path, url), { ...init, headers })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}
