import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { paths } from '@assay/protocol'
import type { Options } from '../options/options.ts'
import { alone, notRun, type BenchRow } from '../row/row.ts'

import { median, rounded } from '../row/statistics.ts'
import { startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { startPostgres } from '@assay/testkit'
import { bigApp, lists, statements } from './rows-of-everything.ts'
import { statusListRow } from './status-list.ts'

const counted = 9
const warmUp = 2

/**
 * Rows `lists.sqlite` and, in a long run, `lists.postgres`: milliseconds until the last byte of an operator's slowest list,
 * of 100,000 rows, and of 1,100,000 bans. Row `lists.status-list`: a status list of a million bans.
 */
export async function listRows({ long }: Pick<Options, 'long'>): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-lists-'))
  try {
    return [...(await onSqlite(path.join(folder, 'sqlite'))), ...(long ? await onPostgres(folder) : [])]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface SqliteFile {
  exec(statement: string): void
  close(): void
}

async function onSqlite(folder: string): Promise<BenchRow[]> {
  const service = await startWatchedService(folder)
  try {
    // The service's own driver.
    const driver = createRequire(import.meta.resolve('@assay/service'))('better-sqlite3') as new (
      file: string,
    ) => SqliteFile
    const file = new driver(path.join(folder, 'assay.sqlite'))
    for (const statement of statements(Date.now(), 'sqlite')) file.exec(statement)
    file.close()
    // First: its bans leave after 25 minutes.
    return [await statusListRow('lists.status-list', service), await rowOf('lists.sqlite', service)]
  } finally {
    await service.stop()
  }
}

async function onPostgres(folder: string): Promise<BenchRow[]> {
  const server = await startPostgres()
  if (server === undefined) return notRun('lists.postgres', 'PostgreSQL is not installed')
  try {
    const { connectionString: postgres } = server
    const service = await startWatchedService(path.join(folder, 'data'), { postgres })
    try {
      server.execute([...statements(Date.now(), 'postgres'), 'vacuum analyze'].join(';\n'))
      return [await rowOf('lists.postgres', service)]
    } finally {
      await service.stop()
    }
  } finally {
    await server.stop()
  }
}

async function rowOf(id: string, service: WatchedService): Promise<BenchRow> {
  const measured: ({ name: string } & Times)[] = []
  for (const [name, list] of Object.entries(lists))
    measured.push({ name, ...(await timesOf(service, () => read(service, list))) })
  measured.push({
    name: 'what is registered, read anew for a challenge',
    ...(await timesOf(
      service,
      () => challenge(service),
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
      most: 50,
      rows: '100,000; bans: 1,100,000',
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
async function challenge({ url }: WatchedService): Promise<void> {
  const body = JSON.stringify({
    app: bigApp,
    build: '1.0+1050000',
    sdk: 'assay-node/0.1.0',
    key: 'A'.repeat(43),
    audiences: ['https://api1050000.example', 'https://none.example'],
  })
  const headers = { 'content-type': 'application/json' }
  await must(403, fetch(url + paths.challenges, { method: 'POST', headers, body }))
}

async function must(status: number, answer: Promise<Response>): Promise<void> {
  const response = await answer
  const text = await response.text()
  if (response.status !== status) throw new Error(`a list was answered by ${response.status}: ${text}`)
}
