import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { InstallationQuery, ListedInstallation, ListedTrace, ShownTrace } from '@assay/protocol/schemas'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections, type Post } from '../attest/connections.ts'
import type { Effort } from '../row/effort.ts'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { insertFrom, json, sql } from '../store/inserts.ts'
import { startCrowd, type Crowd } from './crowd.ts'
import { audience, iosApp } from './iphones.ts'

const fully = {
  installations: 100_000,
  /** Installations that are looked up; they lie scattered among the others. */
  known: 100,
  /** Look-ups of each kind before those that count. */
  warmUp: 20,
  /** As many as a service keeps. */
  traces: 100_000,
  /** Kinds whose first call is that of a process. */
  restarts: 4,
}
type Amount = typeof fully
const amply: Amount = { ...fully, installations: 1_000_000 }
const hardly: Amount = { installations: 1_000, known: 10, warmUp: 0, traces: 100, restarts: 0 }

const kinds = ['key', 'name', 'reference', 'trace'] as const
type Kind = (typeof kinds)[number]

/**
 * `lookup.installation.key`, `.name`, `.reference` and `.trace`: milliseconds until support has the answer of
 * `POST /v1/apps/{app}/installations/find`, among 100,000 installations (a million in a long run) and 100,000 traces. Every look-up is of another installation. The first call of a service that has just
 * started, with SQLite's file out of the page cache, is stated beside.
 */
export async function lookupOnSqlite(effort: Effort): Promise<BenchRow[]> {
  return measure(effort(fully, hardly, amply))
}

/** The same on PostgreSQL (`….postgres`). */
export async function lookupOnPostgres(effort: Effort): Promise<BenchRow[]> {
  const server = await startPostgres()
  if (server === undefined) throw new NotRunError('PostgreSQL is not installed')
  try {
    return await measure(effort(fully, hardly, amply), server)
  } finally {
    await server.stop()
  }
}

async function measure(amount: Amount, postgres?: PrivatePostgres): Promise<BenchRow[]> {
  const { installations: count, known, traces } = amount
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-lookup-'))
  const vendors = await startPhoneVendors()
  const { post, close } = createConnections(8)
  const vendorFile = path.join(folder, 'vendors.json')
  await vendors.write(vendorFile)
  const begun = performance.now()
  const crowd = await startCrowd({
    folder: path.join(folder, 'data'),
    vendors,
    vendorFile,
    postgres,
    post,
    count,
    known,
    references: true,
  })
  try {
    await crowd.restart((store) => {
      store.execute(tracesOf(amount, postgres !== undefined))
    })
    const filled = Math.round((performance.now() - begun) / 1_000)
    const wanted = await wantedOf(crowd)
    const first = await firstCalls(crowd, wanted, post, amount)
    const times = await timesOf(crowd, wanted, post, amount)
    return kinds.map((kind) => ({
      id: `lookup.installation.${kind}${postgres === undefined ? '' : '.postgres'}`,
      value: rounded(median(times[kind])),
      unit: 'ms',
      ...alone,
      facts: {
        slowest: rounded(Math.max(...times[kind])),
        firstOfProcess: rounded(first[kind]),
        ...{ installations: count, traces, lookUps: times[kind].length, secondsToFill: filled },
      },
    }))
  } finally {
    await crowd.stop()
    close()
    await vendors.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A refusal of each n-th installation, known ones included: an answer to a trace is read as it is written. */
function tracesOf({ installations, traces }: Amount, isPostgres: boolean): string[] {
  const step = installations / traces
  const trace = sql(`'T' || cast(100000000 + id as text) || 'abcdefghijkl'`)
  const chosen = `where id % ${step} = 0`
  return [
    insertFrom(
      'attestation_traces',
      {
        trace,
        happened_at: sql(`${Date.now()} - id`),
        app: iosApp,
        build: '1',
        outcome: 'denied',
        code: 'TIER_TOO_LOW',
        segments: json<string[]>([]),
        ear: null,
        thumbprint: sql('thumbprint'),
        device: null,
        refused: null,
        reference: sql('reference'),
      },
      `from installations left join installation_references on installation = id ${chosen}`,
    ),
    insertFrom(
      'trace_names',
      { name: sql('name'), trace },
      `from installations join installation_names on installation = id ${chosen}`,
    ),
    ...(isPostgres ? ['vacuum analyze'] : []),
  ]
}

interface Wanted {
  /** Thumbprint of the installation key. */
  readonly key: string
  readonly queries: Readonly<Record<Kind, InstallationQuery>>
}

/** The known ones by their names: as support has them, from the trace of a refusal. */
async function wantedOf({ known: all, service }: Crowd): Promise<Wanted[]> {
  const read = async <T>(of: string): Promise<T> => {
    const headers = { authorization: `Bearer ${service.adminKey}` }
    const response = await fetch(`${service.url}/v1/attestations${of}`, { headers })
    if (!response.ok) throw new Error(`${of} was answered by ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
  const wanted: Wanted[] = []
  for (const { key, reference } of all) {
    const { attestations } = await read<{ attestations: ListedTrace[] }>(`?key=${key.thumbprint}`)
    const trace = attestations[0]?.trace ?? ''
    const { names } = await read<ShownTrace>(`/${trace}`)
    const installation = names[0]?.installation ?? ''
    const queries = {
      key: { key: key.thumbprint },
      name: { audience, installation },
      reference: { reference: reference ?? '' },
      trace: { trace },
    }
    wanted.push({ key: key.thumbprint, queries })
  }
  return wanted
}

/** Of each kind, the first call of a process. */
async function firstCalls(
  crowd: Crowd,
  wanted: readonly Wanted[],
  post: Post,
  { restarts }: Amount,
): Promise<Record<Kind, number>> {
  const first = {} as Record<Kind, number>
  for (const [i, kind] of kinds.entries()) {
    if (i < restarts)
      await crowd.restart((store) => {
        store.dropPages()
      })
    first[kind] = await lookUp(crowd, wanted[i] as Wanted, kind, post)
  }
  return first
}

/** Kinds take turns, so that what slows the machine down meets all of them. */
async function timesOf(
  crowd: Crowd,
  wanted: readonly Wanted[],
  post: Post,
  { warmUp }: Amount,
): Promise<Record<Kind, number[]>> {
  const times: Record<Kind, number[]> = { key: [], name: [], reference: [], trace: [] }
  for (const [round, one] of wanted.entries())
    for (const kind of kinds) {
      const time = await lookUp(crowd, one, kind, post)
      if (round >= warmUp) times[kind].push(time)
    }
  return times
}

async function lookUp({ service }: Crowd, { key, queries }: Wanted, kind: Kind, post: Post): Promise<number> {
  const headers = { authorization: `Bearer ${service.adminKey}` }
  const body = JSON.stringify(queries[kind])
  const begun = performance.now()
  const answer = await post(`${service.url}/v1/apps/${iosApp}/installations/find`, body, headers)
  const time = performance.now() - begun
  const { installations } = JSON.parse(answer) as { installations: ListedInstallation[] }
  const [found, ...others] = installations
  if (found?.key !== key || found.found_by !== kind || others.length > 0)
    throw new Error(`a look-up by ${kind} was answered by ${answer}`)
  return time
}
