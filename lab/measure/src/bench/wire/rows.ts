import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { ClientToken } from '@assay/client'
import { defaultProbes } from '@assay/protocol'
import type { MemorySegment } from '@assay/client'
import {
  apkCodeImage,
  createApkSigner,
  createNativeDevice,
  fetchApk,
  keystoreOf,
  publishedApks,
  rebuildApk,
  startFreshService,
  startPhoneVendors,
} from '@assay/testkit'
import { cli } from '../registration/cli.ts'
import { apkCache } from '../registration/register-apk.ts'
import { alone, type BenchRow } from '../row/row.ts'

const app = publishedApks.apiDemos.applicationId
const audience = 'https://api.example.com'
const sdk = 'assay-android/0.1.0'
const rows = ['wire.enrolment', 'wire.refresh', 'wire.refresh.new-plan'] as const

/**
 * The traffic of one exchange of a phone, up and down together: all bytes of the connection, as Node sends HTTP/1.1. A Pixel with a
 * remotely provisioned key, one key, and a real APK. Beside it the bodies of the two requests and of their answers.
 */
export async function wireRows(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-wire-'))
  const vendors = await startPhoneVendors()
  try {
    const vendorFile = path.join(folder, 'vendors.json')
    await vendors.write(vendorFile)
    const service = await startFreshService(cli, ['--test-vendors', vendorFile])
    const line = await countingLine(new URL(service.url))
    try {
      const assay = async (...args: readonly string[]) => (await cli.succeed(args, service.env)).stdout
      const signer = await createApkSigner('Release')
      const put = { 'assets/assay-sdk.dex': Buffer.from(`dex\n035\0assay:sdk:${sdk};\0`) }
      const original = await readFile(await fetchApk(publishedApks.apiDemos, apkCache))
      const apk = await rebuildApk(original, { variant: 'release', put }, signer)
      const file = path.join(folder, 'app.apk')
      await writeFile(file, apk)
      const evidence = path.join(folder, 'evidence.json')
      await writeFile(evidence, '{"android_key_attestation":{"enrolments_per_day":{"device":5,"batch":100}}}')
      await assay('app', 'add', app, '--platform', 'android', '--evidence', evidence)
      const added = JSON.parse(await assay('build', 'add', file, '--app', app, '--json')) as {
        id: string
        version_code: number
      }
      await assay('api', 'add', audience, '--app', app, '--tier', 'affirming')
      const probes = defaultProbes.android
      await assay('app', 'update', app, ...probes.flatMap((name) => ['--probe', name]))
      const installed = { package: app, versionCode: added.version_code, signers: [signer.sha256] }
      const phone = createNativeDevice({
        ...{ endpoint: line.url, app, build: added.id, sdk, audiences: { [audience]: audience } },
        segments: await segmentsOf(apk),
        keyStore: keystoreOf(vendors.phones(installed, 'ASSAY12345.com.example.none').pixel()),
      })
      const exchange = async (): Promise<Moved> => {
        const [before, sent] = [line.bytes(), phone.exchanges.length]
        const token: ClientToken = await phone.client.getToken(audience, { forceRefresh: true })
        if (token.token === '') throw new Error('there is no token')
        const after = line.bytes()
        const bodies = phone.exchanges.slice(sent)
        const length = (of: 'request' | 'response') =>
          bodies.reduce((sum, each) => sum + Buffer.byteLength(JSON.stringify(each[of])), 0)
        return {
          up: length('request'),
          down: length('response'),
          connection: after - before,
          hasPlan: 'plan' in (bodies[0]?.response as object),
        }
      }
      const enrolment = await exchange()
      const refresh = await exchange()
      // As after an epoch: another plan than the one that the phone holds.
      await assay('app', 'update', app, ...probes.slice(1).flatMap((name) => ['--probe', name]))
      const newPlan = await exchange()
      phone.client.close()
      if (!enrolment.hasPlan || refresh.hasPlan || !newPlan.hasPlan)
        throw new Error('the plans are not as they should be')
      return [enrolment, refresh, newPlan].map(({ up, down, connection }, i) => ({
        id: rows[i] as (typeof rows)[number],
        value: connection,
        unit: 'bytes',
        ...alone,
        facts: { bodiesUp: up, bodiesDown: down, probes: probes.length },
      }))
    } finally {
      await line.close()
      await service.stop()
    }
  } finally {
    await vendors.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Moved {
  up: number
  down: number
  connection: number
  hasPlan: boolean
}

async function segmentsOf(apk: Buffer): Promise<MemorySegment[]> {
  const { segments, read } = await apkCodeImage(apk)
  return Promise.all(
    segments.map(async ({ name, kind, length }) => ({ name, kind, bytes: await read(name, 0, length) })),
  )
}

/** A way to the service that counts what passes it, either way. */
async function countingLine({ hostname, port }: URL) {
  let bytes = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    const count = (chunk: Buffer) => void (bytes += chunk.length)
    near
      .on('data', count)
      .on('error', () => far.destroy())
      .pipe(far)
    far
      .on('data', count)
      .on('error', () => near.destroy())
      .pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => bytes,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
