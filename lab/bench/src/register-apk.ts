import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Build } from '@assay/protocol'
import { fetchApk, publishedApks, startFreshService } from '@assay/testkit'
import type { BenchRow } from './row.ts'
import { cli } from './cli.ts'
import { median, rounded } from './statistics.ts'

const run = promisify(execFile)
const rounds = 5
export const apkCache = path.resolve(import.meta.dirname, '../../../node_modules/.cache/assay-apks')

/**
 * `register.apk`: wall time of `assay build add` of an APK of 18 MB, CLI start and transfer included, against
 * `apksigner verify` of the same file. Each round registers into a service that has never seen the file.
 */
export async function registerApkRows(): Promise<BenchRow[]> {
  const apk = publishedApks.uiautomator2Server
  const file = await fetchApk(apk, apkCache)
  const times: number[] = []
  const peaks: number[] = []
  const peerTimes: number[] = []
  let build: Build | undefined
  let peerSays = ''
  for (let round = 0; round < rounds; round++) {
    const service = await startFreshService(cli)
    try {
      await cli.succeed(['app', 'add', apk.applicationId, '--platform', 'android'], service.env)
      const args = ['build', 'add', file, '--app', apk.applicationId, '--allow-debuggable', '--json']
      const added = await cli.succeed(args, service.env)
      build = JSON.parse(added.stdout) as Build
      times.push(added.milliseconds)
      peaks.push(added.peak)
    } finally {
      await service.stop()
    }
    const started = performance.now()
    peerSays = await apksigner(file)
    peerTimes.push(performance.now() - started)
  }
  return [row(build as Build, peerSays, times, peaks, peerTimes)]
}

function row(
  build: Build,
  peerSays: string,
  times: number[],
  peaks: number[],
  peerTimes: number[],
): BenchRow {
  const schemes = schemesOf(peerSays)
  const [value, peerValue] = [median(times), median(peerTimes)]
  return {
    id: 'register.apk',
    value: rounded(value),
    unit: 'ms',
    bare: null,
    ratio: null,
    peer: 'apksigner verify',
    peerValue: rounded(peerValue),
    peerRatio: rounded(value / peerValue),
    facts: {
      sameVerdict: /^Verifies$/m.test(peerSays),
      sameSchemes: schemes.join() === [...build.schemes].sort().join(),
      schemes,
      cliPeakMB: rounded(Math.max(...peaks)),
      segments: build.segments.length,
    },
  }
}

async function apksigner(file: string): Promise<string> {
  const { stdout } = await run('apksigner', ['verify', '--verbose', file], { maxBuffer: 1 << 26 })
  return stdout
}

function schemesOf(verbose: string): string[] {
  return [...verbose.matchAll(/^Verified using (v[0-9.]+) scheme .*: true$/gm)]
    .map(([, scheme]) => scheme as string)
    .sort()
}
