import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { startPostgres, type PrivatePostgres } from '@assay/testkit'
import type { Options } from '../options.ts'
import { notRun, type BenchRow } from '../row.ts'
import { median, rounded } from '../statistics.ts'
import { burst, startGrownService, type GrownService } from './grown-service.ts'

const rounds = { warmUp: 10, counted: 60 }
const limit = 1.1

/**
 * `growth.builds.sqlite` and `growth.builds.postgres`: CPU time of the service for one attestation, challenge included, with 10
 * builds and with 1,000, or 10,000 in a long run. All builds are in use, one like the other; each has been attested
 * once before. Services take their turns in each round.
 */
export async function growthRows({ long }: Pick<Options, 'long'>): Promise<BenchRow[]> {
  const sizes = long ? [10, 1_000, 10_000] : [10, 1_000]
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-growth-'))
  try {
    const onSqlite = await growthRow('growth.builds.sqlite', sizes, (size) => ({
      folder: path.join(folder, String(size)),
      builds: size,
    }))
    return [onSqlite, ...(await onPostgres(folder, sizes))]
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
    return [
      await growthRow('growth.builds.postgres', sizes, (size, i) => ({
        folder: path.join(folder, `postgres-${size}`),
        builds: size,
        postgres: servers[i],
      })),
    ]
  } finally {
    for (const server of servers) await server.stop()
  }
}

type Place = (size: number, i: number) => Parameters<typeof startGrownService>[0]

async function growthRow(id: string, sizes: readonly number[], place: Place): Promise<BenchRow> {
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
    const ratios = times.map((each) =>
      median(each.map((time, round) => time / (times[0]?.[round] as number))),
    )
    const [value, bare] = [times.at(-1) as number[], times[0] as number[]]
    return {
      id,
      value: rounded(median(value)),
      unit: 'us',
      bare: rounded(median(bare)),
      ratio: rounded(ratios.at(-1) as number),
      peer: null,
      peerValue: null,
      peerRatio: null,
      facts: {
        limit,
        builds: sizes.join(', '),
        ratios: ratios.map((ratio) => String(rounded(ratio))),
        residentMB: services.map(({ process }) => String(rounded(process.resident()))),
        rounds: rounds.counted,
        devicesAtOnce: burst,
      },
    }
  } finally {
    for (const service of services) await service.stop()
  }
}

/** With their places, each first in its turn. */
function turned<Value>(values: readonly Value[], round: number): [number, Value][] {
  const all = [...values.entries()]
  const from = round % all.length
  return [...all.slice(from), ...all.slice(0, from)]
}
