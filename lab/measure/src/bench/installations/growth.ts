import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'
import { startCrowd, type Crowd } from './crowd.ts'
import { stallRow } from './stall.ts'

const fully = {
  sizes: [10_000, 100_000, 1_000_000],
  /** Installations at hand: what they touch does not fit in the page cache of the embedded store. */
  known: 600,
  rounds: { warmUp: 60, counted: 540 },
}
type Amount = typeof fully
const hardly: Amount = { sizes: [200], known: 10, rounds: oneRound }
const kinds = ['refresh', 'enrolment'] as const
type Kind = (typeof kinds)[number]

/**
 * `growth.installations.sqlite`: milliseconds that an iPhone waits for the service at a
 * refresh and at an enrolment, challenge included, with 10,000, 100,000 and 1,000,000 remembered installations. They are
 * medians of exchanges one after the other; the three services take turns. The row shows the kind that grows more. `….stall`: the
 * longest stretch of a ban and of removing old installations, among a million.
 */
export async function installationsOnSqlite(effort: Effort): Promise<BenchRow[]> {
  return measure('growth.installations.sqlite', effort)
}

/** `growth.installations` and `growth.installations.stall`: the same on PostgreSQL. */
export async function installationsOnPostgres(effort: Effort): Promise<BenchRow[]> {
  const servers: PrivatePostgres[] = []
  try {
    for (const _ of effort(fully, hardly).sizes) {
      const server = await startPostgres()
      if (server === undefined) throw new NotRunError('PostgreSQL is not installed')
      servers.push(server)
    }
    return await measure('growth.installations', effort, servers)
  } finally {
    for (const server of servers) await server.stop()
  }
}

async function measure(
  id: 'growth.installations' | 'growth.installations.sqlite',
  effort: Effort,
  servers?: readonly PrivatePostgres[],
): Promise<BenchRow[]> {
  const amount = effort(fully, hardly)
  const { known } = amount
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-installations-'))
  const vendors = await startPhoneVendors()
  const connections = createConnections(8)
  const crowds: Crowd[] = []
  try {
    const vendorFile = path.join(folder, 'vendors.json')
    await vendors.write(vendorFile)
    for (const [i, count] of amount.sizes.entries()) {
      const place = { folder: path.join(folder, String(count)), postgres: servers?.[i] }
      const { post } = connections
      crowds.push(await startCrowd({ ...place, vendors, vendorFile, post, count, known }))
    }
    const row = rowOf(id, amount, await timesOf(crowds, amount))
    return [row, await stallRow(`${id}.stall`, crowds.at(-1) as Crowd, effort)]
  } finally {
    for (const crowd of crowds) await crowd.stop()
    connections.close()
    await vendors.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** One for each kind and size. */
type Times = Record<Kind, number[][]>

async function timesOf(crowds: readonly Crowd[], { rounds }: Amount): Promise<Times> {
  const times: Times = { refresh: crowds.map(() => []), enrolment: crowds.map(() => []) }
  for (let round = 0; round < rounds.warmUp + rounds.counted; round++)
    for (let step = 0; step < crowds.length; step++) {
      const i = (round + step) % crowds.length
      const { service, iphones, known: all } = crowds[i] as Crowd
      for (const kind of kinds) {
        const one = kind === 'refresh' ? all[round % all.length] : iphones.install()
        const time = await iphones.attest(one as (typeof all)[number], service.url)
        if (round >= rounds.warmUp) times[kind][i]?.push(time)
      }
    }
  return times
}

function rowOf(id: RowId, { sizes, known, rounds }: Amount, times: Times): BenchRow {
  const medians = (kind: Kind) => times[kind].map(median)
  const ratio = (kind: Kind) => (medians(kind).at(-1) as number) / (medians(kind)[0] as number)
  const worse = ratio('refresh') > ratio('enrolment') ? 'refresh' : 'enrolment'
  const listed = (kind: Kind) => medians(kind).map((value) => `${rounded(value)} ms`)
  return {
    id,
    value: rounded(medians(worse).at(-1) as number),
    unit: 'ms',
    bare: rounded(medians(worse)[0] as number),
    ratio: rounded(ratio(worse)),
    ...{ peer: null, peerValue: null, peerRatio: null },
    facts: {
      of: worse,
      installations: sizes.map(String),
      refresh: listed('refresh'),
      refreshRatio: rounded(ratio('refresh')),
      enrolment: listed('enrolment'),
      enrolmentRatio: rounded(ratio('enrolment')),
      rounds: rounds.counted,
      knownOfEach: known,
    },
  }
}
