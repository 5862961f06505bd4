import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Build } from '@assay/protocol/schemas'
import { bundleOfApk, fetchApk, publishedApks, startFreshService } from '@assay/testkit'
import { cli } from './cli.ts'
import { apkCache } from './register-apk.ts'
import type { Effort } from '../row/effort.ts'
import { withoutBare, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'

/**
 * `register.aab`: wall time of `assay build add` of an app bundle, CLI start and transfer included, compared with an APK with
 * the same files, in turns, each into a service that has seen neither.
 */
export async function registerAabRow(effort: Effort): Promise<BenchRow> {
  const rounds = effort(5, 1)
  const apk = publishedApks.uiautomator2Server
  const apkFile = await fetchApk(apk, apkCache)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bundle-'))
  try {
    const aabFile = path.join(folder, 'app.aab')
    await writeFile(aabFile, await bundleOfApk(await readFile(apkFile), apk.applicationId))
    const times = { aab: [] as number[], apk: [] as number[] }
    const segments = { aab: 0, apk: 0 }
    for (let round = 0; round < rounds; round++) {
      for (const [format, file] of [
        ['aab', aabFile],
        ['apk', apkFile],
      ] as const) {
        const { build, milliseconds } = await register(file, apk.applicationId)
        times[format].push(milliseconds)
        segments[format] = build.segments.length
      }
    }
    return rowOf(median(times.aab), median(times.apk), segments)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function register(file: string, app: string): Promise<{ build: Build; milliseconds: number }> {
  const service = await startFreshService(cli)
  try {
    await cli.succeed(['app', 'add', app, '--platform', 'android'], service.env)
    const add = ['build', 'add', file, '--app', app, '--allow-debuggable', '--allow-debug-signer', '--json']
    const { stdout, milliseconds } = await cli.succeed(add, service.env)
    return { build: JSON.parse(stdout) as Build, milliseconds }
  } finally {
    await service.stop()
  }
}

function rowOf(aab: number, apk: number, segments: Readonly<Record<'aab' | 'apk', number>>): BenchRow {
  return {
    id: 'register.aab',
    value: rounded(aab),
    unit: 'ms',
    ...withoutBare,
    peer: 'register.apk, the same files in an APK',
    peerValue: rounded(apk),
    peerRatio: rounded(aab / apk),
    facts: { segments: segments.aab, segmentsOfApk: segments.apk },
  }
}
