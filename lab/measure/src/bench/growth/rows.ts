import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startPostgres, type PrivatePostgres } from '@assay/testkit'
import type { Effort } from '../row/effort.ts'
import { oneRound } from '../row/interleaved.ts'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'
import { burst, startGrownService, type GrownService } from './grown-service.ts'

const allRounds = { warmUp: 10, counted: 60 }
/** Numbers of builds. */
const sizesOf = (effort: Effort, ...all: number[]) => effort(all, [10])

/**
 * `growth.builds.sqlite`: CPU time of the service for one attestation, challenge included, with 10 builds, with 1,000 and with
 * 10,000. All builds are used equally; each has been attested once before. The services take turns in each round.
 * `service.memory.builds`: the memory of the service with the most builds.
 */
export async function buildGrowthOnSqlite(effort: Effort): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-growth-'))
  try {
    const place = (size: number) => ({ folder: path.join(folder, String(size)), builds: size })
    const { row, resident } = await measureGrowth(
      'growth.builds.sqlite',
      sizesOf(effort, 10, 1_000, 10_000),
      place,
      effort,
    )
    return [row, memoryRow(resident)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `growth.builds.postgres`: the same on PostgreSQL, with 10 builds and with 1,000. */
export async function buildGrowthOnPostgres(effort: Effort): Promise<BenchRow> {
  const sizes = sizesOf(effort, 10, 1_000)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-growth-'))
  const servers: PrivatePostgres[] = []
  try {
    for (const _ of sizes) {
      const server = await startPostgres()
      if (server === undefined) throw new NotRunError('PostgreSQL is not installed')
      servers.push(server)
    }
    const place = (size: number, i: number) => ({
      folder: path.join(folder, String(size)),
      builds: size,
      postgres: servers[i],
    })
    return (await measureGrowth('growth.builds.postgres', sizes, place, effort)).row
  } finally {
    for (const server of servers) await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Place = (size: number, i: number) => Parameters<typeof startGrownService>[0]

async function measureGrowth(
  id: 'growth.builds.sqlite' | 'growth.builds.postgres',
  sizes: readonly number[],
  place: Place,
  effort: Effort,
): Promise<{ row: BenchRow; resident: readonly number[] }> {
  const rounds = effort(allRounds, oneRound)
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
    const facts = { builds: sizes.join(', '), residentMB: resident.map(String), rounds: rounds.counted }
    return { row: rowOf(id, times, facts), resident }
  } finally {
    for (const service of services) await service.stop()
  }
}

function rowOf(id: RowId, times: readonly number[][], facts: NonNullable<BenchRow['facts']>): BenchRow {
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
      ratios: ratios.map((ratio) => String(rounded(ratio))),
      ...facts,
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
  }
}

/** The services with their places; each comes first in turn. */
function turned<Value>(values: readonly Value[], round: number): [number, Value][] {
  const all = [...values.entries()]
  const from = round % all.length
  return [...all.slice(from), ...all.slice(0, from)]
}
