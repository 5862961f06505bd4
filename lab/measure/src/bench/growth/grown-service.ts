import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Build } from '@assay/protocol/schemas'
import type { PrivatePostgres } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import { newInstallations, type AttestTogether } from '../attest/installations.ts'
import { startProcess, type MeasuredProcess } from '../attest/processes.ts'
import { postgresStore, sqliteStore } from '../installations/store.ts'
import { buildIds, copies, linkCopies } from './copies.ts'
import { app, original, registerSmallRelease } from './small-release.ts'

/** A service with many builds, each of which has been requested once. */
export interface GrownService {
  readonly process: MeasuredProcess
  /** New installations, each of the next build. */
  readonly attestTogether: AttestTogether
  stop(): Promise<void>
}

interface Grown {
  folder: string
  builds: number
  postgres?: PrivatePostgres | undefined
}

/** Devices that come at once. */
export const burst = 32

export async function startGrownService({ folder, builds, postgres }: Grown): Promise<GrownService> {
  const env = {
    ASSAY_BENCH_DATA: folder,
    ASSAY_BENCH_SEALING_KEY: randomBytes(32).toString('hex'),
    ...(postgres && { ASSAY_BENCH_POSTGRES: postgres.connectionString }),
  }
  const first = await startProcess('service-server', env)
  const { url, key } = first.ready as { url: string; key: string }
  const release = await registerSmallRelease(url, key)
  const { segments } = (await (
    await fetch(`${url}/v1/apps/${app}/builds/${original}`, { headers: { authorization: `Bearer ${key}` } })
  ).json()) as Build
  await first.stop()
  const copied = { segments, count: builds, isOwn: postgres === undefined }
  const store = postgres === undefined ? sqliteStore(folder) : postgresStore(postgres)
  const columns = {
    builds: await store.columnsOf('builds'),
    build_segments: await store.columnsOf('build_segments'),
  }
  const analyzing = store.kind === 'postgres' ? ['vacuum analyze'] : []
  store.execute([...copies({ ...copied, columns }), ...analyzing])
  if (copied.isOwn) linkCopies(path.join(folder, 'blobs'), segments, builds)

  const process = await startProcess('service-server', env)
  const { post, close } = createConnections(burst)
  const ids = buildIds(builds)
  let next = 0
  // The step and the number of builds have no common divisor, so that neighbours come far apart.
  const step = 7_919
  const buildOf = () => ids[(next += step) % builds] as string
  const attestTogether = newInstallations({ ...release, url: process.ready.url as string }, post, () => ({
    build: buildOf(),
  }))
  await untilIdle(process)
  for (let done = 0; done < builds; done += burst) await attestTogether(Math.min(burst, builds - done))
  return {
    process,
    attestTogether,
    async stop() {
      close()
      await process.stop()
    },
  }
}

/** Digests of all builds have been made. */
async function untilIdle(process: MeasuredProcess): Promise<void> {
  for (;;) {
    const before = process.cpu()
    await wait(1_000)
    if (process.cpu() - before < 50_000) return
  }
}
