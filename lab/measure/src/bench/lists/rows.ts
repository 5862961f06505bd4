import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { paths, type ChallengeRequest } from '@assay/protocol'
import { sqliteStore } from '../installations/store.ts'
import type { Effort } from '../row/effort.ts'
import { oneRound, type Rounds } from '../row/interleaved.ts'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'

import { median, rounded } from '../row/statistics.ts'
import { startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { startPostgres } from '@assay/testkit'
import { bigApp, listsOf, middle, statements } from './rows-of-everything.ts'
import { statusListRow } from './status-list.ts'

const allRounds = { counted: 9, warmUp: 2 }
/** Of everything that can be listed. */
const rowsOfEach: [full: number, least: number] = [100_000, 1_000]

/** A service whose store is filled by statements, and the number of rows of everything that can be listed. */
interface Filled {
  readonly service: WatchedService
  readonly count: number
}

/**
 * `lists.sqlite`: milliseconds until the last byte of an operator's slowest list, of 100,000 rows, and of 1,100,000 bans.
 * `lists.status-list`: a status list of a million bans.
 */
export async function listsOnSqlite(effort: Effort): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-lists-'))
  const count = effort(...rowsOfEach)
  const service = await startWatchedService(folder)
  try {
    sqliteStore(folder).execute(statements(Date.now(), 'sqlite', count))
    const filled = { service, count }
    // First: its bans leave after 25 minutes.
    return [await statusListRow(filled, effort), await rowOf('lists.sqlite', filled, effort)]
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** `lists.postgres`: the same on PostgreSQL. */
export async function listsOnPostgres(effort: Effort): Promise<BenchRow> {
  const server = await startPostgres()
  if (server === undefined) throw new NotRunError('PostgreSQL is not installed')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-lists-'))
  const count = effort(...rowsOfEach)
  try {
    const { connectionString: postgres } = server
    const service = await startWatchedService(path.join(folder, 'data'), { postgres })
    try {
      server.execute([...statements(Date.now(), 'postgres', count), 'vacuum analyze'].join(';\n'))
      return await rowOf('lists.postgres', { service, count }, effort)
    } finally {
      await service.stop()
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function rowOf(
  id: 'lists.sqlite' | 'lists.postgres',
  filled: Filled,
  effort: Effort,
): Promise<BenchRow> {
  const { service, count } = filled
  const rounds = effort(allRounds, oneRound)
  const measured: ({ name: string } & Times)[] = []
  for (const [name, list] of Object.entries(listsOf(count)))
    measured.push({ name, ...(await timesOf(service, rounds, () => read(service, list))) })
  measured.push({
    name: 'what is registered, read anew for a challenge',
    ...(await timesOf(
      service,
      rounds,
      () => challenge(filled),
      () => change(service),
    )),
  })
  measured.sort((a, b) => b.milliseconds - a.milliseconds)
  return {
    id,
    value: rounded(measured[0]?.milliseconds ?? NaN),
    unit: 'ms',
    ...alone,
    facts: {
      rows: `${count}; bans: ${11 * count}`,
      longestStretch: `${rounded(Math.max(...measured.map(({ stretch }) => stretch)))} ms CPU of the thread`,
      lists: measured.map(
        ({ name, milliseconds, least, stretch }) =>
          `${name}: ${rounded(milliseconds)} ms (least ${rounded(least)}), longest stretch ${rounded(stretch)}`,
      ),
    },
  }
}

/** Median and least of the time of the whole answer, and median of the longest stretch meanwhile, in milliseconds. */
interface Times {
  milliseconds: number
  least: number
  stretch: number
}

async function timesOf(
  service: WatchedService,
  { warmUp, counted }: Rounds,
  work: () => Promise<unknown>,
  prepare: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Times> {
  const times: number[] = []
  const stretches: number[] = []
  for (let i = 0; i < warmUp + counted; i++) {
    await prepare()
    const from = performance.now()
    await work()
    const time = performance.now() - from
    // Monitoring costs time, so it uses a separate request.
    await prepare()
    const stretch = await service.longestStretch(work)
    if (i < warmUp) continue
    times.push(time)
    stretches.push(stretch)
  }
  return { milliseconds: median(times), least: Math.min(...times), stretch: median(stretches) }
}

async function read({ url, adminKey }: WatchedService, list: string): Promise<void> {
  await must(200, fetch(url + list, { headers: { authorization: `Bearer ${adminKey}` } }))
}

/** Makes a change, so that the service reads its registrations again. */
async function change({ url, adminKey }: WatchedService): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Big' })
  await must(200, fetch(`${url}/v1/apps/${bigApp}`, { method: 'PATCH', headers, body }))
}

/** Asks for an audience that the app may not have: the service looks everything up before it refuses, and measures no build. */
async function challenge({ service: { url }, count }: Filled): Promise<void> {
  const asked: ChallengeRequest = {
    app: bigApp,
    build: `1.0+${middle(count)}`,
    sdk: 'assay-node/0.1.0',
    key: 'A'.repeat(43),
    audiences: [`https://api${middle(count)}.example`, 'https://none.example'],
  }
  const body = JSON.stringify(asked)
  const headers = { 'content-type': 'application/json' }
  await must(403, fetch(url + paths.challenges, { method: 'POST', headers, body }))
}

async function must(status: number, answer: Promise<Response>): Promise<void> {
  const response = await answer
  const text = await response.text()
  if (response.status !== status) throw new Error(`a list was answered by ${response.status}: ${text}`)
}
