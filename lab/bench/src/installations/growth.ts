import path from 'node:path'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import { notRun, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { startCrowd, type Crowd } from './crowd.ts'
import { stallRow } from './stall.ts'

const sizes = [10_000, 100_000, 1_000_000]
/** Installations at hand: what they touch does not fit in the page cache of the embedded store. */
const known = 600
const rounds = { warmUp: 60, counted: 540 }
const kinds = ['refresh', 'enrolment'] as const
type Kind = (typeof kinds)[number]

/**
 * `growth.installations` (PostgreSQL) and `growth.installations.sqlite`: milliseconds that an iPhone waits for the service at a
 * refresh and at an enrolment, challenge included, with 10,000, 100,000 and 1,000,000 remembered installations. They are
 * medians of exchanges one after the other; the three services take turns. The row shows the kind that grows more. `….stall`: the
 * longest stretch of a ban and of removing old installations, among a million.
 */
export async function installationGrowthRows(folder: string): Promise<BenchRow[]> {
  const sqlite = await measure('growth.installations.sqlite', path.join(folder, 'sqlite'), 1.3)
  const servers: PrivatePostgres[] = []
  try {
    for (const _ of sizes) {
      const server = await startPostgres()
      if (server === undefined)
        return [...sqlite, ...notRun('growth.installations', 'PostgreSQL is not installed')]
      servers.push(server)
    }
    return [
      ...sqlite,
      ...(await measure('growth.installations', path.join(folder, 'postgres'), 1.2, servers)),
    ]
  } finally {
    for (const server of servers) await server.stop()
  }
}

async function measure(
  id: string,
  folder: string,
  limit: number,
  servers?: readonly PrivatePostgres[],
): Promise<BenchRow[]> {
  const vendors = await startPhoneVendors()
  const connections = createConnections(8)
  const crowds: Crowd[] = []
  try {
    const vendorFile = `${folder}-vendors.json`
    await vendors.write(vendorFile)
    for (const [i, count] of sizes.entries()) {
      const place = { folder: path.join(folder, String(count)), postgres: servers?.[i] }
      const { post } = connections
      crowds.push(await startCrowd({ ...place, vendors, vendorFile, post, count, known }))
    }
    const row = rowOf(id, limit, await timesOf(crowds))
    return [row, await stallRow(`${id}.stall`, crowds.at(-1) as Crowd)]
  } finally {
    for (const crowd of crowds) await crowd.stop()
    connections.close()
    await vendors.close()
  }
}

/** One for each kind and size. */
type Times = Record<Kind, number[][]>

async function timesOf(crowds: readonly Crowd[]): Promise<Times> {
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

function rowOf(id: string, limit: number, times: Times): BenchRow {
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
      limit,
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
