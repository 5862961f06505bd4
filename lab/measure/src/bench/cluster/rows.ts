import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { paths } from '@assay/protocol'
import { hasValkey, startPostgres, startValkey } from '@assay/testkit'
import { createConnections, type Post } from '../attest/connections.ts'
import { preparedInstallations } from '../attest/installations.ts'
import { startProcess, type MeasuredProcess } from '../attest/processes.ts'
import type { Release } from '../attest/release.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import type { Effort } from '../row/effort.ts'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'

const nodes = 3
/** Devices that come at once. */
const burst = 32
/**
 * Each node gets a third of the requests. After this many rounds, its engine has served as many requests as that of
 * `attest.software` when it counts, and no longer compiles. At `early`, the code is loaded but still being compiled.
 */
const allRounds = { early: 10, warmUp: 100, counted: 60 }
/** Milliseconds after which the work of the start is over. */
const settle = 6_000

/**
 * `cluster.attest`: CPU time of three nodes on PostgreSQL and Valkey, including their background work, for one software
 * attestation whose challenge another node has issued, compared with one node on SQLite. Both get the same requests in
 * each round. Valkey's own time is not included: docs/sizing.md has it. `service.memory.node`: resident size of such a
 * node before its first request.
 */
export async function clusterRows(effort: Effort): Promise<BenchRow[]> {
  const rounds = effort(allRounds, { early: 0, warmUp: 1, counted: 1 })
  const postgres = hasValkey() ? await startPostgres() : undefined
  if (postgres === undefined) throw new NotRunError('PostgreSQL or Valkey is not installed')
  const valkey = await startValkey()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-cluster-'))
  const running: MeasuredProcess[] = []
  const start = async (name: string, env: Readonly<Record<string, string>> = {}) => {
    const place = { ASSAY_BENCH_DATA: path.join(folder, name), ASSAY_BENCH_SEALING_KEY: sealingKey }
    const one = await startProcess('service-server', { ...place, ...env })
    running.push(one)
    return one
  }
  const { post, close } = createConnections(burst)
  try {
    const shared = { ASSAY_BENCH_POSTGRES: postgres.connectionString, ASSAY_BENCH_VALKEY: valkey.url }
    const cluster: MeasuredProcess[] = []
    for (let i = 0; i < nodes; i++) cluster.push(await start(`node-${i}`, shared))
    await wait(effort(settle, 0))
    const resident = cluster.map((node) => node.resident())
    const embedded = await start('embedded')
    const attestAlone = await attesting([embedded], post)
    const attestTogether = await attesting(cluster, post)
    const times: Times[] = []
    for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
      const one = await cpuPerDevice([embedded], attestAlone)
      const many = await cpuPerDevice(cluster, attestTogether)
      times.push({ one, many })
    }
    return [attestRow(rounds, times), memoryRow(resident)]
  } finally {
    close()
    for (const one of running) await one.stop()
    await valkey.stop()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The sealing key of all nodes. */
const sealingKey = randomBytes(32).toString('hex')

/** One burst for each node of a cluster: each gets challenges from one node, and sends its answers to the next. */
async function attesting(servers: readonly MeasuredProcess[], post: Post): Promise<() => Promise<void>> {
  const [first] = servers as [MeasuredProcess]
  const { url, key } = first.ready as { url: string; key: string }
  const release = await registerSmallRelease(url, key)
  const at = (i: number): Release => ({
    ...release,
    url: (servers[i % servers.length] as MeasuredProcess).ready.url as string,
  })
  const bursts = Array.from({ length: nodes }, (_, i) => ({
    prepare: preparedInstallations(at(i), post),
    to: at(i + 1).url + paths.attestations,
  }))
  return async () => {
    for (const { prepare, to } of bursts) {
      const bodies = await prepare(burst)
      await Promise.all(bodies.map((body) => post(to, body)))
    }
  }
}

async function cpuPerDevice(servers: readonly MeasuredProcess[], work: () => Promise<void>): Promise<number> {
  const cpu = () => servers.reduce((sum, server) => sum + server.cpu(), 0)
  const before = cpu()
  await work()
  return (cpu() - before) / (nodes * burst)
}

interface Times {
  readonly one: number
  readonly many: number
}

const ratioOf = (times: readonly Times[]) => rounded(median(times.map(({ one, many }) => many / one)))

function attestRow(rounds: typeof allRounds, all: readonly Times[]): BenchRow {
  const times = all.slice(rounds.warmUp)
  const whileWarmingUp = ratioOf(all.slice(rounds.early, rounds.warmUp))
  return {
    id: 'cluster.attest',
    value: rounded(median(times.map(({ many }) => many))),
    unit: 'us',
    bare: rounded(median(times.map(({ one }) => one))),
    ratio: ratioOf(times),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: { nodes, rounds: rounds.counted, devicesAtOnce: burst, whileWarmingUp },
  }
}

function memoryRow(resident: readonly number[]): BenchRow {
  return {
    id: 'service.memory.node',
    value: rounded(Math.max(...resident)),
    unit: 'MB',
    ...alone,
    facts: { eachMB: resident.map((each) => String(rounded(each))) },
  }
}
