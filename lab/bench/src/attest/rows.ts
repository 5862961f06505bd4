import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { parsePlan } from '@assay/measurement'
import { decodeBase64url } from '@assay/protocol'
import type { AttestationRequest } from '@assay/protocol'
import {
  apkCodeImage,
  createApkSigner,
  createDevice,
  fetchApk,
  publishedApks,
  readClientData,
  rebuildApk,
  sdkFiles,
  type Device,
} from '@assay/testkit'
import { cli } from '../cli.ts'
import { apkCache } from '../register-apk.ts'
import type { BenchRow } from '../row.ts'
import { median, rounded } from '../statistics.ts'
import { startProcess, type MeasuredProcess } from './processes.ts'

const rounds = 7
const perRound = 200
const app = publishedApks.apiDemos.applicationId
const audience = 'https://api.example.com'

/**
 * `attest.software`: CPU time of the service for one attestation over HTTP, challenge included, each by a new
 * installation key. The bare work is measured in the same rounds.
 */
export async function attestRows(): Promise<BenchRow[]> {
  const [service, empty] = await Promise.all([startProcess('service-server'), startProcess('empty-server')])
  try {
    const attest = await prepare(service)
    const facts = await attest(20)
    await emptyPosts(empty, 200)
    const values: number[] = []
    const posts: number[] = []
    const crypto: number[] = []
    for (let round = 0; round < rounds; round++) {
      values.push(await cpuPerCall(service, perRound, () => attest(perRound)))
      posts.push(await cpuPerCall(empty, perRound, () => emptyPosts(empty, 2 * perRound)))
      crypto.push(bareCrypto(perRound))
    }
    const value = median(values)
    const bare = median(posts) + median(crypto)
    return [
      {
        id: 'attest.software',
        value: rounded(value),
        unit: 'us',
        bare: rounded(bare),
        ratio: rounded(value / bare),
        peer: null,
        peerValue: null,
        peerRatio: null,
        facts,
      },
    ]
  } finally {
    await Promise.all([service.stop(), empty.stop()])
  }
}

async function cpuPerCall(
  server: MeasuredProcess,
  calls: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = server.cpu()
  await work()
  return (server.cpu() - before) / calls
}

/** Registers a release build of a real app, and gives what attests as `count` new installations. */
async function prepare(service: MeasuredProcess) {
  const { url, key } = service.ready as { url: string; key: string }
  const env = { ASSAY_URL: url, ASSAY_API_KEY: key }
  const original = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
  const signer = await createApkSigner('Release')
  const apk = await rebuildApk(original, { variant: 'release', put: await sdkFiles() }, signer)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-apk-'))
  const file = path.join(folder, 'release.apk')
  await writeFile(file, apk)
  await cli.succeed(['app', 'add', app, '--platform', 'android'], env)
  const { stdout } = await cli.succeed(['build', 'add', file, '--app', app, '--json'], env)
  await cli.succeed(['api', 'add', audience, '--app', app, '--tier', 'warning'], env)
  await rm(folder, { recursive: true, force: true })
  const { id: build } = JSON.parse(stdout) as { id: string }
  const image = await apkCodeImage(apk)
  return async (count: number) => {
    let last: Device | undefined
    for (let i = 0; i < count; i++) {
      last = await createDevice({
        apk: image,
        endpoint: url,
        app,
        build,
        audiences: { [audience]: audience },
      })
      await last.client.getToken()
      last.close()
    }
    return planFacts(last as Device)
  }
}

/** What the plan asked, so that a reader can see that it is the production plan. */
function planFacts(device: Device): NonNullable<BenchRow['facts']> {
  const request = device.exchanges.at(-1)?.request as AttestationRequest
  const plan = parsePlan(decodeBase64url(readClientData(request).plan) as Uint8Array)
  const bytes = plan.reads.reduce(
    (sum, read) => sum + read.length * (read.op === 'range' ? 1 : read.count),
    0,
  )
  return {
    reads: plan.reads.reduce((sum, read) => sum + (read.op === 'range' ? 1 : read.count), 0),
    bytesFolded: bytes,
    probes: plan.probes.length,
    liveFunctions: plan.live.show.length,
    exercises: plan.live.run.length,
  }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

async function emptyPosts({ ready }: MeasuredProcess, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await emptyPost(ready.url as string)
}

function emptyPost(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': 2 }
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.once('end', resolve)
    })
    request.once('error', reject)
    request.end('{}')
  })
}

/** Microseconds for the import of a fresh JWK, one verify with it and one sign. */
function bareCrypto(count: number): number {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const data = Buffer.alloc(1000, 1)
  const signed = Array.from({ length: count }, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const options = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    return { jwk: publicKey.export({ format: 'jwk' }), signature: sign('sha256', data, options) }
  })
  const started = process.cpuUsage()
  for (const { jwk, signature } of signed) {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    if (!verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature))
      throw new Error('a genuine signature')
    sign('sha256', data, { key: own, dsaEncoding: 'ieee-p1363' })
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / count
}
