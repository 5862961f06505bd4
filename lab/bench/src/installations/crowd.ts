import path from 'node:path'
import type { PhoneVendors, PrivatePostgres } from '@assay/testkit'
import type { Post } from '../attest/connections.ts'
import { columnsOf, openSqlite } from './sqlite.ts'
import { newWatchedKeys, startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { fillers, tables, type Columns } from './filler.ts'
import { postgresStore, sqliteStore, type Store } from './store.ts'
import { createIphones, registerIosApp, type Installed, type Iphones } from './iphones.ts'

/** A service that remembers many installations, and the devices of some of them. */
export interface Crowd {
  readonly service: WatchedService
  readonly iphones: Iphones
  readonly known: readonly Installed[]
  readonly store: Store
  /** Starts the service again, once a statement has changed the store. */
  restart(statement: string): Promise<void>
  stop(): Promise<void>
}

interface CrowdOptions {
  readonly folder: string
  readonly vendors: PhoneVendors
  /** Path of the file that names the vendors to the service. */
  readonly vendorFile: string
  readonly postgres: PrivatePostgres | undefined
  readonly post: Post
  /** Installations. */
  readonly count: number
  /** How many of them are available. */
  readonly known: number
}

const day = 86_400_000
/** Enrolments at once. */
const together = 8

export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const { folder, vendors, vendorFile, postgres, post, count } = options
  const keys = newWatchedKeys()
  const given = { keys, vendorFile, ...(postgres && { postgres: postgres.connectionString }) }
  const first = await startWatchedService(folder, given)
  const iphones = createIphones(vendors, await registerIosApp(first.url, first.adminKey), post)
  const known = Array.from({ length: options.known }, () => iphones.install())
  for (let i = 0; i < known.length; i += together)
    await Promise.all(known.slice(i, i + together).map((each) => iphones.attest(each, first.url)))
  await first.stop()
  const filling = { known: known.length, count, today: Math.floor(Date.now() / day) }
  const store = postgres === undefined ? sqliteStore(folder) : postgresStore(postgres)
  const columns = await columnsOfNew(path.join(folder, 'columns'))
  store.execute(fillers(store.kind, { ...filling, columns }))
  let service = await startWatchedService(folder, given)
  return {
    get service() {
      return service
    },
    iphones,
    known,
    store,
    async restart(statement) {
      await service.stop()
      store.execute([statement])
      service = await startWatchedService(folder, given)
    },
    stop: () => service.stop(),
  }
}

/** In both stores: SQLite says so without a client of PostgreSQL. */
async function columnsOfNew(folder: string): Promise<Columns> {
  await (await startWatchedService(folder)).stop()
  const file = openSqlite(folder)
  const columns = Object.fromEntries(tables.map((table) => [table, columnsOf(file, table)]))
  file.close()
  return columns as unknown as Columns
}
