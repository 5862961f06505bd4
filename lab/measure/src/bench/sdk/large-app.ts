import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { benchCommand } from '@assay/phones'
import { defaultProbes } from '@assay/protocol'
import { apkCodeImage, fetchApk, publishedApks, readZip, writeZip } from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { exchangesOf } from './phone-exchanges.ts'

/** Ten dex files of 9 MB and scripts of 10 MB, all deflated. */
const allDexFiles = 10
const dexLength = 9_000_000
const scriptLength = 10_000_000
const exchanges = 10
const apkCache = path.resolve(import.meta.dirname, '../../../../../node_modules/.cache/assay-apks')
const allRounds = { warmUp: 3, counted: 7 }
/** Megabytes of Java heap that exchanges may take, beside what the program has in use before. */
const mostHeapMB = 32

interface Round {
  readonly digest_us: number
  readonly first_us: number
  readonly others_us: number
  readonly client_data: readonly string[]
  readonly heap_used_mb: number
  readonly heap_max_mb: number
}

/**
 * `sdk.android.large.others` and `sdk.android.large.first`: ten exchanges of one client in one epoch over an APK with 100 MB of
 * deflated code. The heap of the JVM is so small that exchanges fail if they take more than they may.
 */
export async function largeAppRows(effort: Effort): Promise<BenchRow[]> {
  const rounds = effort(allRounds, oneRound)
  // More than the SDK keeps in memory.
  const dexFiles = effort(allDexFiles, 2)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  try {
    const apk = path.join(folder, 'large.apk')
    await writeFile(apk, await largeApk(dexFiles))
    const idle = Math.max(...(await measure(apk, folder, 64, 1)).map((round) => round.heap_used_mb))
    const heap = idle + mostHeapMB
    const counted = (await measure(apk, folder, heap, rounds.warmUp + rounds.counted)).slice(rounds.warmUp)
    const facts = {
      ...{
        javaHeapMB: heap,
        javaHeapBeforeMB: idle,
        exchanges,
        codeBytes: dexFiles * dexLength + scriptLength,
        rounds: counted.length,
      },
      where: 'a JVM on this machine; no Android device has run it',
    }
    return (['others', 'first'] as const).map((which) => row(which, counted, facts))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function row(which: 'others' | 'first', counted: readonly Round[], facts: BenchRow['facts']): BenchRow {
  const of = (round: Round) => (which === 'first' ? round.first_us : round.others_us / (exchanges - 1))
  const ratio = median(counted.map((round) => of(round) / round.digest_us))
  return {
    id: `sdk.android.large.${which}`,
    value: rounded(median(counted.map(of)) / 1000),
    unit: 'ms',
    bare: rounded(median(counted.map((round) => round.digest_us)) / 1000),
    ratio: rounded(ratio),
    ...{ peer: null, peerValue: null, peerRatio: null },
    ...(facts === undefined ? {} : { facts }),
  }
}

/** Its code is that of a published APK, over and over: further apart than DEFLATE looks back, so that it compresses as that does. */
async function largeApk(dexFiles: number): Promise<Buffer> {
  const published = await readZip(await readFile(await fetchApk(publishedApks.apiDemos, apkCache)))
  const code = Buffer.concat(
    published.filter(({ name }) => /^classes\d*\.dex$/.test(name)).map(({ content }) => content),
  )
  const repeated = (length: number) => Buffer.alloc(length, code)
  const dex = Array.from({ length: dexFiles }, (_, index) => ({
    name: `classes${index === 0 ? '' : index + 1}.dex`,
    content: repeated(dexLength),
    stored: false,
  }))
  const script = { name: 'assets/index.android.bundle', content: repeated(scriptLength), stored: false }
  return writeZip([...dex, script], 6)
}

async function measure(apk: string, folder: string, heap: number, count: number): Promise<Round[]> {
  const probes = defaultProbes.android.filter((name) => name.startsWith('android.'))
  const measured = { image: await apkCodeImage(await readFile(apk)), probes }
  const command = await benchCommand(apk, path.join(folder, `${heap}`), heap, 'LargeAppProgram')
  const child = spawn(command.command, command.args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  try {
    const found: Round[] = []
    for (let epoch = 1; epoch <= count; epoch++) {
      const { seed, challenges, check } = exchangesOf(measured, epoch, exchanges)
      child.stdin.write(
        `${JSON.stringify({ seed, challenges: challenges.map((each) => JSON.stringify(each)) })}\n`,
      )
      const line = await lines.next()
      if (line.done === true) throw new Error('the program has ended')
      const round = JSON.parse(line.value) as Round
      await check(round.client_data)
      found.push(round)
    }
    return found
  } finally {
    child.stdin.end()
    child.kill()
    await ended
  }
}
