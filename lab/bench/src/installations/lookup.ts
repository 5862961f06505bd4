import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { InstallationQuery, ListedInstallation, ListedTrace, ShownTrace } from '@assay/protocol/schemas'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections, type Post } from '../attest/connections.ts'
import type { Options } from '../options/options.ts'
import { alone, notRun, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { startCrowd, type Crowd } from './crowd.ts'
import { audience, iosApp } from './iphones.ts'

/** Installations that are looked up; they lie scattered among the others. */
const known = 100
/** Look-ups of each kind before those that count. */
const warmUp = 20
/** As many traces as a service keeps. */
const traces = 100_000
const most = 10
const kinds = ['key', 'name', 'reference', 'trace'] as const
type Kind = (typeof kinds)[number]

/**
 * `lookup.installation.key`, `.name`, `.reference` and `.trace`: milliseconds until support has the answer of
 * `POST /v1/apps/{app}/installations/find`, among 100,000 installations and as many traces; in a long run among a million, and
 * on PostgreSQL as well (`….postgres`). Every look-up is of another installation. The first call of a service that has just
 * started, with SQLite's file out of the page cache, is stated beside.
 */
export async function lookupRows({ long }: Pick<Options, 'long'>): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-lookup-'))
  const count = long ? 1_000_000 : 100_000
  try {
    const sqlite = await measure(path.join(folder, 'sqlite'), count)
    if (!long) return sqlite
    const server = await startPostgres()
    if (server === undefined)
      return [...sqlite, ...notRun('lookup.installation.key.postgres', 'PostgreSQL is not installed')]
    try {
      return [...sqlite, ...(await measure(path.join(folder, 'postgres'), count, server))]
    } finally {
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, count: number, postgres?: PrivatePostgres): Promise<BenchRow[]> {
  const vendors = await startPhoneVendors()
  const { post, close } = createConnections(8)
  const vendorFile = `${folder}-vendors.json`
  await vendors.write(vendorFile)
  const begun = performance.now()
  const crowd = await startCrowd({
    folder,
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
      store.execute(tracesOf(count, postgres !== undefined))
    })
    const filled = Math.round((performance.now() - begun) / 1_000)
    const wanted = await wantedOf(crowd)
    const first = await firstCalls(crowd, wanted, post)
    const times = await timesOf(crowd, wanted, post)
    return kinds.map((kind) => ({
      id: `lookup.installation.${kind}${postgres === undefined ? '' : '.postgres'}`,
      value: rounded(median(times[kind])),
      unit: 'ms',
      ...alone,
      facts: {
        most,
        slowest: rounded(Math.max(...times[kind])),
        firstOfProcess: rounded(first[kind]),
        ...{ installations: count, traces, lookUps: times[kind].length, secondsToFill: filled },
      },
    }))
  } finally {
    await crowd.stop()
    close()
    await vendors.close()
  }
}

/** A refusal of each n-th installation, known ones included: an answer to a trace is read as it is written. */
function tracesOf(count: number, isPostgres: boolean): string[] {
  const step = count / traces
  const trace = `'T' || cast(100000000 + id as text) || 'abcdefghijkl'`
  return [
    `insert into attestation_traces (trace, happened_at, app, build, outcome, code, segments, thumbprint, reference)
      select ${trace}, ${Date.now()} - id, '${iosApp}', '1', 'denied', 'TIER_TOO_LOW', '[]', thumbprint, reference
      from installations left join installation_references on installation = id where id % ${step} = 0`,
    `insert into trace_names (name, trace)
      select name, ${trace} from installations join installation_names on installation = id where id % ${step} = 0`,
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
): Promise<Record<Kind, number>> {
  const first = {} as Record<Kind, number>
  for (const [i, kind] of kinds.entries()) {
    await crowd.restart((store) => {
      store.dropPages()
    })
    first[kind] = await lookUp(crowd, wanted[i] as Wanted, kind, post)
  }
  return first
}

/** Kinds take turns, so that what slows the machine down meets all of them. */
async function timesOf(crowd: Crowd, wanted: readonly Wanted[], post: Post): Promise<Record<Kind, number[]>> {
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
