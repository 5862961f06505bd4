import type { Database } from './tables.ts'

export interface DatabaseShare {
  /** Whether others that share it as well may serve beside it. */
  isShared: boolean
  /** Told once when another process has it that does not. */
  onTaken: () => void
}

export interface OpenedDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Database
  /** The same database, by connections for what is registered and for readiness, which wait for nothing else. */
  readonly registered: Database
  /** The same database, by connections for what nodes hear of each other alone: one reads while the other writes. */
  readonly hearing: Database
  /**
   * Says that this process serves from the database until it is closed: alone, or beside others that share it.
   *
   * @throws StorageError `STORAGE_LOCKED`
   */
  readonly hold: (share: DatabaseShare) => Promise<void>
  /** Calls when another process may have changed what is registered, as long as the connection for that lasts. */
  readonly onChange: (onCall: () => void) => void
  /** Rejects when the database does not take a write. @param now milliseconds since 1970 */
  readonly ping: (now: number) => Promise<void>
  /** Ends all connections and lets another process have the folder. */
  readonly close: () => Promise<void>
}

/** Writes the one row that tells that the database takes writes. @throws StoreNotAnswering */
export async function noteSignOfLife(db: Database, now: number): Promise<void> {
  await db
    .insertInto('signs_of_life')
    .values({ id: 1, seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
    .execute()
}
