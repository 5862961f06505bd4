import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes, paths } from '@assay/protocol'
import { writeZip } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import type { BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { startCallers, type CallerProcess } from './caller-process.ts'
import { challengeOf, fill, type Filled } from './filled-service.ts'
import { comparedRoute, missingRoutes, requestsOf, type OperatorRequest } from './routes.ts'

const callers = 60
/** Challenges beside each route, one after the other, with milliseconds in between. */
const challenges = { counted: 200, warmUp: 10, pause: 2 }
/** Milliseconds for which the loop is watched. */
const watched = 1_000
const limits = { ratio: 3, stretch: 50, megabytes: 128 }

/**
 * `operators.beside`: the 99th percentile of a challenge beside 60 callers of one operator route, each route by itself, compared
 * with that beside 60 callers of `GET /v1/apps`; the value is that of the worst route. Also the longest stretch of the event
 * loop, and what the heap grows by.
 */
export async function operatorRows(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-operators-'))
  const service = await startWatchedService(path.join(folder, 'data'))
  const process = startCallers()
  try {
    const filled = await fill(service)
    const content = Buffer.from(`/*${'code '.repeat(200_000)}*/`)
    const upload = await writeZip([{ name: 'upload.js', content, stored: true }])
    await send(service, upload)
    const requests = requestsOf(filled, upload)
    const missing = await missingRoutes(service.url, requests)
    if (missing.length > 0) throw new Error(`routes that are not measured: ${missing.join(', ')}`)
    const measured: Beside[] = []
    for (const request of requests) {
      measured.push(await beside(service, process, filled, request))
      console.error(`  ${inWords(measured.at(-1) as Beside, measured[0] as Beside)}`)
    }
    return [rowOf(measured)]
  } finally {
    await process.stop()
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Beside {
  readonly name: string
  /** Milliseconds. */
  readonly p99: number
  readonly stretch: number
  readonly megabytes: number
  readonly perSecond: number
}

async function beside(
  service: WatchedService,
  process: CallerProcess,
  { release, readKey }: Filled,
  { method = 'GET', status = 200, isReader, body, mediaType, ...request }: OperatorRequest,
): Promise<Beside> {
  const route = {
    ...{ url: service.url + request.path, method, status, callers: request.callers ?? callers },
    key: isReader === true ? readKey : service.adminKey,
    ...(body === undefined ? {} : { body: body.toString('base64') }),
    ...(mediaType === undefined ? {} : { mediaType }),
  }
  const asked = JSON.stringify(challengeOf(release))
  const { post, close } = createConnections(1)
  const times: number[] = []
  const began = performance.now()
  const { result: megabytes, answers } = await process.beside(route, () =>
    service.heapGrowth(async () => {
      for (let i = 0; i < challenges.warmUp + challenges.counted; i++) {
        const from = performance.now()
        await post(service.url + paths.challenges, asked)
        if (i >= challenges.warmUp) times.push(performance.now() - from)
        await wait(challenges.pause)
      }
    }),
  )
  const perSecond = (answers / (performance.now() - began)) * 1_000
  close()
  const { result: stretch } = await process.beside(route, () => service.longestStretch(() => wait(watched)))
  times.sort((a, b) => a - b)
  const p99 = times[Math.ceil(times.length * 0.99) - 1] as number
  return { name: `${method} ${request.path}`, p99, stretch, megabytes, perSecond }
}

function rowOf(measured: readonly Beside[]): BenchRow {
  const compared = measured.find(({ name }) => name === comparedRoute) as Beside
  const worst = measured.reduce((a, b) => (b.p99 > a.p99 ? b : a))
  const most = (of: (one: Beside) => number) => rounded(Math.max(...measured.map(of)))
  return {
    id: 'operators.beside',
    value: rounded(worst.p99),
    unit: 'ms',
    bare: rounded(compared.p99),
    ratio: rounded(worst.p99 / compared.p99),
    ...{ peer: null, peerValue: null, peerRatio: null },
    facts: {
      limit: `ratio of at most ${limits.ratio}, stretches of at most ${limits.stretch} ms, heap + ${limits.megabytes} MB`,
      worst: worst.name,
      longestStretch: `${most(({ stretch }) => stretch)} ms CPU of the thread`,
      heap: `+ ${most(({ megabytes }) => megabytes)} MB`,
      routes: measured.map((one) => inWords(one, compared)),
    },
  }
}

const inWords = ({ name, p99, stretch, megabytes, perSecond }: Beside, compared: Beside): string =>
  `${name}: p99 ${rounded(p99)} ms (${rounded(p99 / compared.p99)} ×), stretch ${rounded(stretch)} ms, heap + ${rounded(megabytes)} MB, ${Math.round(perSecond)} answers/s`

async function send({ url, adminKey }: WatchedService, upload: Buffer): Promise<void> {
  const to = `${url}/v1/apps/com.example.growing/builds?id=upload&version_code=2`
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': mediaTypes.zip }
  const response = await fetch(to, { method: 'POST', headers, body: new Uint8Array(upload) })
  if (!response.ok) throw new Error(`a build was not registered: ${await response.text()}`)
}
