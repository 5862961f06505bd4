import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { findChromium, launchChromium, serveFolder, type Browser, type Page } from '@assay/browser'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { bundle } from './bundle.ts'
import { writePage } from './code-folder.ts'
import { createExchanges, type Exchanges } from './exchanges.ts'
import type { PageMeasurement } from './page/attest-page.ts'

const allRounds = { counted: 15, warmUp: 3 }
const megabyte = 1_000_000
const sizes = [1, 8] as const

/**
 * `sdk.attest.1MB`, `sdk.attest.8MB`: a full attestation in Chromium of this much code by a new installation, from a new client
 * to a token: key, whole-code digest, fresh reads, live code, probes, signature. The network is not included: the service is
 * in the page, and the time in which the browser reads the scripts from its HTTP cache is subtracted and reported separately.
 */
export async function attestRows(effort: Effort): Promise<BenchRow[]> {
  const { counted, warmUp } = effort(allRounds, oneRound)
  const executable = findChromium()
  if (executable === undefined) throw new NotRunError('there is no Chromium')
  const main = await bundle("export * from './page/attest-page.js'", 'iife', 'bench')
  const browser = await launchChromium(executable)
  const pages: OpenPage[] = []
  try {
    for (const size of sizes) pages.push(await openPage(browser, main, size * megabyte))
    const times = pages.map((): Times => ({ attesting: [], reading: [], bare: [] }))
    for (let round = 0; round < warmUp + counted; round++) {
      for (const [i, page] of pages.entries()) {
        const { milliseconds, reading } = await page.attest()
        const bare = await page.digest()
        if (round < warmUp) continue
        times[i]?.attesting.push(milliseconds - reading)
        times[i]?.reading.push(reading)
        times[i]?.bare.push(bare)
      }
    }
    return sizes.map((size, i) => row(size, times[i] as Times, pages[i] as OpenPage))
  } finally {
    await browser.close()
    await Promise.all(pages.map((page) => page.close()))
  }
}

/** Milliseconds, a value for each round. */
interface Times {
  /** Without `reading`. */
  attesting: number[]
  reading: number[]
  bare: number[]
}

function row(size: (typeof sizes)[number], times: Times, { facts }: OpenPage): BenchRow {
  const [value, bare] = [median(times.attesting), median(times.bare)]
  return {
    id: `sdk.attest.${size}MB`,
    value: rounded(value),
    unit: 'ms',
    bare: rounded(bare),
    ratio: rounded(value / bare),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      readingFromCacheMs: rounded(median(times.reading)),
      ...facts,
    },
  }
}

interface OpenPage {
  /** Makes one attestation by a new installation. Checks its answer, and that no request left the browser. */
  attest(): Promise<PageMeasurement>
  digest(): Promise<number>
  readonly facts: Exchanges['facts']
  close(): Promise<void>
}

async function openPage(browser: Browser, main: Uint8Array, length: number): Promise<OpenPage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-page-'))
  const code = await writePage(folder, main, length)
  const site = await serveFolder(folder)
  const exchanges = await createExchanges(code)
  const page = await browser.newPage()
  await page.goto(site.origin, { waitUntil: 'load' })
  return {
    async attest() {
      const exchange = exchanges.next(randomBytes(32))
      const measured = (await call(page, 'attest', exchange.run)) as PageMeasurement
      if (measured.requests > 0) throw new Error('the network is in what was measured')
      await exchange.check(measured.sent)
      return measured
    },
    digest: async () => (await call(page, 'digest')) as number,
    facts: exchanges.facts,
    async close() {
      await site.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Calls an export of the page's script. */
function call(page: Page, name: string, ...given: readonly unknown[]): Promise<unknown> {
  return page.evaluate(`bench.${name}(${given.map((value) => JSON.stringify(value)).join()})`)
}
