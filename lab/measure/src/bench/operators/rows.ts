import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes, paths } from '@assay/protocol'
import { writeZip } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import type { BenchRow } from '../row/row.ts'
import type { Effort } from '../row/effort.ts'
import { rounded } from '../row/statistics.ts'
import { startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { startCallers, type CallerProcess } from './caller-process.ts'
import type { CalledRoute } from './callers.ts'
import { challengeOf, fill, type Filled } from './filled-service.ts'
import { missingRoutes, requestsOf, type OperatorRequest, type RouteDocument } from './routes.ts'

/** Challenges beside each route, in each of some rounds, one after the other, with milliseconds in between. */
const allChallenges = { rounds: 4, counted: 50, warmUp: 5, pause: 2 }
/** Milliseconds for which the loop is watched. */
const watchedFor = 1_000

/**
 * `operators.beside`: the 99th percentile of a challenge beside 60 callers of one operator route, each route by itself, compared
 * with that beside 60 callers of `GET /v1/apps`; the value is that of the worst route. Also the longest stretch of the event
 * loop, and what the heap grows by.
 */
export async function operatorRow(effort: Effort): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-operators-'))
  const service = await startWatchedService(path.join(folder, 'data'))
  const process = startCallers()
  try {
    const filled = await fill(service, effort)
    const content = Buffer.from(`/*${'code '.repeat(200_000)}*/`)
    const upload = await writeZip([{ name: 'upload.js', content, stored: true }])
    await send(service, upload)
    const requests = requestsOf(filled, upload, effort)
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as RouteDocument
    const missing = missingRoutes(document, requests)
    if (missing.length > 0) throw new Error(`routes that are not measured: ${missing.join(', ')}`)
    const [compared, ...others] = requests as [OperatorRequest, ...OperatorRequest[]]
    const stage: Stage = {
      ...{ service, process, filled },
      challenges: effort(allChallenges, { rounds: 1, counted: 1, warmUp: 0, pause: 0 }),
      watched: effort(watchedFor, 1),
    }
    const measured: Beside[] = []
    for (const request of others) measured.push(await beside(stage, request, compared))
    return rowOf(measured)
  } finally {
    await process.stop()
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Beside {
  readonly name: string
  /** Milliseconds of a challenge, the 99th percentile: beside this route, and beside the one that it is compared with. */
  readonly p99: number
  readonly compared: number
  /** Milliseconds of CPU. */
  readonly stretch: number
  readonly megabytes: number
  readonly perSecond: number
}

interface Stage {
  readonly service: WatchedService
  readonly process: CallerProcess
  readonly filled: Filled
  readonly challenges: typeof allChallenges
  /** Milliseconds. */
  readonly watched: number
}

/** Both routes in turn, several times: what else the machine does meets both. */
async function beside(stage: Stage, request: OperatorRequest, compared: OperatorRequest): Promise<Beside> {
  const times = { own: [] as number[], compared: [] as number[] }
  let megabytes = 0
  let answers = 0
  let milliseconds = 0
  for (let round = 0; round < stage.challenges.rounds; round++) {
    times.compared.push(...(await challengesBeside(stage, compared)).times)
    const own = await challengesBeside(stage, request)
    times.own.push(...own.times)
    megabytes = Math.max(megabytes, own.megabytes)
    answers += own.answers
    milliseconds += own.milliseconds
  }
  const { service, process, watched } = stage
  const { result: stretch } = await process.beside(calledRoute(stage, request), () =>
    service.longestStretch(() => wait(watched)),
  )
  return {
    name: `${request.method ?? 'GET'} ${request.path}`,
    p99: percentile99(times.own),
    compared: percentile99(times.compared),
    ...{ stretch, megabytes, perSecond: (answers / milliseconds) * 1_000 },
  }
}

async function challengesBeside(stage: Stage, request: OperatorRequest) {
  const { service, process, filled, challenges } = stage
  const asked = JSON.stringify(challengeOf(filled.release))
  const { post, close } = createConnections(1)
  const times: number[] = []
  const began = performance.now()
  const { result: megabytes, answers } = await process.beside(calledRoute(stage, request), () =>
    service.heapGrowth(async () => {
      for (let i = 0; i < challenges.warmUp + challenges.counted; i++) {
        const from = performance.now()
        await post(service.url + paths.challenges, asked)
        if (i >= challenges.warmUp) times.push(performance.now() - from)
        await wait(challenges.pause)
      }
    }),
  )
  close()
  return { times, megabytes, answers, milliseconds: performance.now() - began }
}

function calledRoute({ service, filled }: Stage, request: OperatorRequest): CalledRoute {
  const { method = 'GET', status = 200, isReader, body, mediaType } = request
  return {
    ...{ url: service.url + request.path, method, status, callers: request.callers },
    key: isReader === true ? filled.readKey : service.adminKey,
    ...(body === undefined ? {} : { body: body.toString('base64') }),
    ...(mediaType === undefined ? {} : { mediaType }),
  }
}

function percentile99(times: number[]): number {
  times.sort((a, b) => a - b)
  return times[Math.ceil(times.length * 0.99) - 1] as number
}

const ratioOf = ({ p99, compared }: Beside) => p99 / compared

function rowOf(measured: readonly Beside[]): BenchRow {
  const worst = measured.reduce((a, b) => (ratioOf(b) > ratioOf(a) ? b : a))
  const most = (of: (one: Beside) => number) => rounded(Math.max(...measured.map(of)))
  return {
    id: 'operators.beside',
    value: rounded(worst.p99),
    unit: 'ms',
    bare: rounded(worst.compared),
    ratio: rounded(ratioOf(worst)),
    ...{ peer: null, peerValue: null, peerRatio: null },
    facts: {
      worst: worst.name,
      // CPU of the thread.
      longestStretchMs: most(({ stretch }) => stretch),
      heapMB: most(({ megabytes }) => megabytes),
      routes: measured.map(inWords),
    },
  }
}

function inWords(one: Beside): string {
  const { name, p99, compared, stretch, megabytes, perSecond } = one
  return [
    `${name}: p99 ${rounded(p99)} ms (${rounded(ratioOf(one))} × ${rounded(compared)})`,
    `stretch ${rounded(stretch)} ms, heap + ${rounded(megabytes)} MB, ${Math.round(perSecond)} answers/s`,
  ].join(', ')
}

async function send({ url, adminKey }: WatchedService, upload: Buffer): Promise<void> {
  const to = `${url}/v1/apps/com.example.growing/builds?id=upload&version_code=2`
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': mediaTypes.zip }
  const response = await fetch(to, { method: 'POST', headers, body: new Uint8Array(upload) })
  if (!response.ok) throw new Error(`a build was not registered: ${await response.text()}`)
}
