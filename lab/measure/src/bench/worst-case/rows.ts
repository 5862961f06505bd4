import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { mediaTypes } from '@assay/protocol'
import { startPhoneVendors } from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { bodyOf, registerApps } from './register-apps.ts'
import { inputsByHand, type Apps, type CostlyInput } from './costly-inputs.ts'
import { fuzzedInputs, type FuzzedInput } from './fuzzed-inputs.ts'
import { startWatchedService, type WatchedService } from './watched-process.ts'

const allRounds = { counted: 20, warmUp: 5 }
/** Runs of each input of the fuzzer, to find the slowest ones; these are then measured as often as the others. */
const looks = 3
const fuzzedCounted = 6

/**
 * `evidence.worst-case`: thread CPU of the longest synchronous stretch of one request to a public endpoint, in a service that
 * does nothing else. It is the median of twenty runs of the most costly input, made by hand or from the fuzzer's corpus.
 */
export async function worstCaseRow(effort: Effort): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-worst-'))
  const vendors = await startPhoneVendors()
  try {
    const vendorFile = path.join(folder, 'vendors.json')
    await vendors.write(vendorFile)
    const service = await startWatchedService(path.join(folder, 'data'), { vendorFile })
    try {
      return await worstOf(service, await registerApps(service, vendors), effort)
    } finally {
      await service.stop()
    }
  } finally {
    await vendors.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function worstOf(service: WatchedService, apps: Apps, effort: Effort): Promise<BenchRow> {
  const { counted, warmUp } = effort(allRounds, oneRound)
  const byHand = inputsByHand(apps)
  const all = fuzzedInputs(apps)
  const fuzzed = effort(all, firstOfEach(all))
  const looked: { input: CostlyInput; milliseconds: number }[] = []
  for (const input of fuzzed)
    looked.push({ input, milliseconds: Math.min(...(await times(service, input, effort(looks, 1)))) })
  looked.sort((a, b) => b.milliseconds - a.milliseconds)
  const measured: { name: string; milliseconds: number }[] = []
  for (const input of [...byHand, ...looked.slice(0, fuzzedCounted).map(({ input }) => input)]) {
    await times(service, input, warmUp)
    measured.push({ name: input.name, milliseconds: median(await times(service, input, counted)) })
  }
  measured.sort((a, b) => b.milliseconds - a.milliseconds)
  return {
    id: 'evidence.worst-case',
    value: rounded(measured[0]?.milliseconds ?? NaN),
    unit: 'ms',
    ...alone,
    facts: {
      time: 'CPU of the thread',
      inputsByHand: byHand.length,
      inputsOfTheFuzzer: fuzzed.length,
      mostCostly: measured
        .slice(0, 8)
        .map(({ name, milliseconds }) => `${name}: ${rounded(milliseconds)} ms`),
    },
  }
}

/** One input of each target. */
function firstOfEach(inputs: readonly FuzzedInput[]): FuzzedInput[] {
  return [...new Map(inputs.map((input) => [input.target, input])).values()]
}

async function times(service: WatchedService, { request }: CostlyInput, count: number): Promise<number[]> {
  const milliseconds: number[] = []
  for (let i = 0; i < count; i++) {
    const { path: to, body, headers } = await request()
    milliseconds.push(
      await service.longestStretch(async () => {
        const answer = await fetch(service.url + to, {
          ...(body === undefined ? {} : { method: 'POST', body: bodyOf(body) }),
          headers: { 'content-type': mediaTypes.json, ...headers },
        })
        await answer.arrayBuffer()
      }),
    )
  }
  return milliseconds
}
