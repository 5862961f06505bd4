import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createCliProcess, freePort, hasValkey, startPostgres, startValkey } from '@assay/testkit'
import { NotRun } from '../subject/subject.ts'

/** Where a service keeps its state; a cluster is three nodes on one PostgreSQL and one Valkey. */
export const stores = ['sqlite', 'postgres', 'cluster'] as const
export type Store = (typeof stores)[number]

export interface Nodes {
  /** Their addresses. Any of them answers any request. */
  readonly urls: readonly string[]
  readonly adminKey: string
  close(): Promise<void>
}

/**
 * `assay init` and `assay serve`, run by a Node of one's choice.
 *
 * @throws NotRun where PostgreSQL or Valkey is not installed
 */
export async function startNodes(store: Store, node: string): Promise<Nodes> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-interop-'))
  const running: { stop(): Promise<void> }[] = []
  const close = async () => {
    for (const each of running.toReversed()) await each.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const cli = createCliProcess(node)
    const shared = {
      ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key'),
      ...(await servers(store, running)),
    }
    const envOf = (number: number) => ({ ...shared, ASSAY_DATA: path.join(folder, `data-${number}`) })
    const { stdout } = await cli.succeed(['init', '--json'], envOf(0))
    const { admin_key: adminKey } = JSON.parse(stdout) as { admin_key: string }
    const plenty = ['network', 'challenges', 'app', 'key', 'lookup'].map((name) => `${name}=1000000/60`)
    const ports = await Promise.all(Array.from({ length: store === 'cluster' ? 3 : 1 }, freePort))
    for (const [number, port] of ports.entries()) {
      await mkdir(envOf(number).ASSAY_DATA, { recursive: true })
      const places = ['--port', String(port), '--public-url', `http://127.0.0.1:${ports[0]}`]
      const served = await cli.serve(envOf(number), [...places, '--limit', ...plenty])
      running.push(served)
    }
    return { urls: ports.map((port) => `http://127.0.0.1:${port}`), adminKey, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function servers(store: Store, running: { stop(): Promise<void> }[]): Promise<Record<string, string>> {
  if (store === 'sqlite') return {}
  const postgres = await startPostgres()
  if (postgres === undefined) throw new NotRun('PostgreSQL is not installed')
  running.push(postgres)
  const places = { ASSAY_POSTGRES: postgres.connectionString }
  if (store === 'postgres') return places
  if (!hasValkey()) throw new NotRun('Valkey is not installed')
  const valkey = await startValkey()
  running.push(valkey)
  return { ...places, ASSAY_VALKEY: valkey.url }
}
