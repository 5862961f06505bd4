import type { PhoneVendors, PrivatePostgres } from '@assay/testkit'
import type { Post } from '../attest/connections.ts'
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
  /** Starts the service again, once something was done to the store. */
  restart(between: (store: Store) => void): Promise<void>
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
  /** Whether the app says what it calls its users. Default: no. */
  readonly references?: boolean
}

const day = 86_400_000
/** Enrolments at once. */
const together = 8

export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const { folder, vendors, vendorFile, postgres, post, count, references = false } = options
  const keys = newWatchedKeys()
  const given = { keys, vendorFile, ...(postgres && { postgres: postgres.connectionString }) }
  const first = await startWatchedService(folder, given)
  const iphones = createIphones(vendors, await registerIosApp(first.url, first.adminKey, references), post)
  const known = Array.from({ length: options.known }, (_, i) =>
    iphones.install(references ? referenceOf(i) : undefined),
  )
  for (let i = 0; i < known.length; i += together)
    await Promise.all(known.slice(i, i + together).map((each) => iphones.attest(each, first.url)))
  await first.stop()
  const filling = { known: known.length, count, today: Math.floor(Date.now() / day) }
  const store = postgres === undefined ? sqliteStore(folder) : postgresStore(postgres)
  const named = await Promise.all(tables.map(async (table) => [table, await store.columnsOf(table)]))
  const columns = Object.fromEntries(named) as Columns
  store.execute(fillers(store.kind, { ...filling, columns }))
  let service = await startWatchedService(folder, given)
  return {
    get service() {
      return service
    },
    iphones,
    known,
    store,
    async restart(between) {
      await service.stop()
      between(store)
      service = await startWatchedService(folder, given)
    },
    stop: () => service.stop(),
  }
}

/** What the app calls its user, by the number of the installation among those that are available. */
function referenceOf(i: number): string {
  return `user-${i}@example.com`
}
