import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Build } from '@assay/protocol/schemas'
import { fetchApk, publishedApks, startFreshService } from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import { NotRunError, withoutBare, type BenchRow } from '../row/row.ts'
import { cli } from './cli.ts'
import { median, rounded } from '../row/statistics.ts'

const run = promisify(execFile)
export const apkCache = path.resolve(import.meta.dirname, '../../../../../node_modules/.cache/assay-apks')

/**
 * `register.apk`: wall time of `assay build add` of an APK of 18 MB, CLI start and transfer included, against
 * `apksigner verify` of the same file. Each registers into a service that has never seen the file:
 * right after its app was registered, when the process that reads builds has been started, and after a while of doing
 * nothing, when it has been ended (`afterIdle…`).
 */
export async function registerApkRow(effort: Effort): Promise<BenchRow> {
  if (!(await hasApksigner())) throw new NotRunError('there is no apksigner')
  const rounds = effort(5, 1)
  const apk = publishedApks.uiautomator2Server
  const file = await fetchApk(apk, apkCache)
  const add = [
    'build',
    'add',
    file,
    '--app',
    apk.applicationId,
    '--allow-debuggable',
    '--allow-debug-signer',
    '--json',
  ]
  const measured: Measured = { soon: [], later: [], peer: [], build: undefined, peerSays: '', peak: 0 }
  for (let round = 0; round < rounds; round++) {
    for (const pause of effort(['soon', 'later'] as const, ['soon'] as const)) {
      const service = await startFreshService(cli)
      try {
        await cli.succeed(['app', 'add', apk.applicationId, '--platform', 'android'], service.env)
        if (pause === 'later') await wait(readerIsGone)
        const added = await cli.succeed(add, service.env)
        measured.build = JSON.parse(added.stdout) as Build
        measured[pause].push(added.milliseconds)
        if (round === 0) measured.peak = await cli.peakOf(add, service.env)
      } finally {
        await service.stop()
      }
    }
    const started = performance.now()
    measured.peerSays = await apksigner(file)
    measured.peer.push(performance.now() - started)
  }
  return row(measured)
}

/** Milliseconds after which the service has ended the process that reads builds. */
const readerIsGone = 4_000

interface Measured {
  /** Milliseconds, right after the app was registered. */
  soon: number[]
  /** Milliseconds, when the service has been idle. */
  later: number[]
  peer: number[]
  build: Build | undefined
  peerSays: string
  peak: number
}

function row({ soon, later, peer, build, peerSays, peak }: Measured): BenchRow {
  const schemes = schemesOf(peerSays)
  const [value, peerValue] = [median(soon), median(peer)]
  return {
    id: 'register.apk',
    value: rounded(value),
    unit: 'ms',
    ...withoutBare,
    peer: 'apksigner verify',
    peerValue: rounded(peerValue),
    peerRatio: rounded(value / peerValue),
    facts: {
      sameVerdict: /^Verifies$/m.test(peerSays),
      sameSchemes: schemes.join() === [...(build?.schemes ?? [])].sort().join(),
      schemes,
      cliPeakMB: rounded(peak),
      segments: build?.segments.length ?? 0,
      ...(later.length === 0
        ? {}
        : {
            afterIdleMs: rounded(median(later)),
            afterIdlePeerRatio: rounded(median(later) / peerValue),
          }),
    },
  }
}

async function hasApksigner(): Promise<boolean> {
  try {
    await run('apksigner', ['version'])
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
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
