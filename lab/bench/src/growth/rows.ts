import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startPostgres, type PrivatePostgres } from '@assay/testkit'
import { installationGrowthRows } from '../installations/growth.ts'
import type { Options } from '../options/options.ts'
import { alone, notRun, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { burst, startGrownService, type GrownService } from './grown-service.ts'

const rounds = { warmUp: 10, counted: 60 }
const limit = 1.1

/** The most memory of a service with 10,000 builds in use, in MB. */
const memoryLimit = 250

/**
 * `growth.builds.sqlite` and `growth.builds.postgres`: CPU time of the service for one attestation, challenge included, with 10
 * builds and with 1,000, or 10,000 in a long run. All builds are used equally; each has been attested once before. The
 * services take turns in each round. A long run also measures `service.memory.builds`, the memory of the service with
 * 10,000 builds.
 */
export async function growthRows({ long }: Pick<Options, 'long'>): Promise<BenchRow[]> {
  const sizes = long ? [10, 1_000, 10_000] : [10, 1_000]
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-growth-'))
  try {
    const onSqlite = await measureGrowth('growth.builds.sqlite', sizes, (size) => ({
      folder: path.join(folder, String(size)),
      builds: size,
    }))
    const rows = [...onSqlite, ...(await onPostgres(folder, sizes))]
    return long ? [...rows, ...(await installationGrowthRows(folder))] : rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onPostgres(folder: string, sizes: readonly number[]): Promise<BenchRow[]> {
  const servers: PrivatePostgres[] = []
  try {
    for (const _ of sizes) {
      const server = await startPostgres()
      if (server === undefined) return notRun('growth.builds.postgres', 'PostgreSQL is not installed')
      servers.push(server)
    }
    return await measureGrowth('growth.builds.postgres', sizes, (size, i) => ({
      folder: path.join(folder, `postgres-${size}`),
      builds: size,
      postgres: servers[i],
    }))
  } finally {
    for (const server of servers) await server.stop()
  }
}

type Place = (size: number, i: number) => Parameters<typeof startGrownService>[0]

async function measureGrowth(id: string, sizes: readonly number[], place: Place): Promise<BenchRow[]> {
  const services: GrownService[] = []
  try {
    for (const [i, size] of sizes.entries()) services.push(await startGrownService(place(size, i)))
    const times = services.map(() => [] as number[])
    for (let round = 0; round < rounds.warmUp + rounds.counted; round++)
      for (const [i, { process, attestTogether }] of turned(services, round)) {
        const before = process.cpu()
        await attestTogether(burst)
        if (round >= rounds.warmUp) times[i]?.push((process.cpu() - before) / burst)
      }
    const resident = services.map(({ process }) => rounded(process.resident()))
    const row = rowOf(id, times, { builds: sizes.join(', '), residentMB: resident.map(String) })
    return id === 'growth.builds.sqlite' && sizes.includes(10_000) ? [row, memoryRow(resident)] : [row]
  } finally {
    for (const service of services) await service.stop()
  }
}

function rowOf(id: string, times: readonly number[][], facts: NonNullable<BenchRow['facts']>): BenchRow {
  const ratios = times.map((each) => median(each.map((time, round) => time / (times[0]?.[round] as number))))
  return {
    id,
    value: rounded(median(times.at(-1) as number[])),
    unit: 'us',
    bare: rounded(median(times[0] as number[])),
    ratio: rounded(ratios.at(-1) as number),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      limit,
      ratios: ratios.map((ratio) => String(rounded(ratio))),
      ...facts,
      rounds: rounds.counted,
      devicesAtOnce: burst,
    },
  }
}

function memoryRow(resident: readonly number[]): BenchRow {
  return {
    id: 'service.memory.builds',
    value: resident.at(-1) as number,
    unit: 'MB',
    ...alone,
    facts: { limit: memoryLimit },
  }
}

/** The services with their places; each comes first in turn. */
function turned<Value>(values: readonly Value[], round: number): [number, Value][] {
  const all = [...values.entries()]
  const from = round % all.length
  return [...all.slice(from), ...all.slice(0, from)]
}
