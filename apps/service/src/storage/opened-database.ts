import type { Database } from './tables.ts'

export interface OpenedDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Database
  /**
   * Says that this process, and no other, serves from the database until it is closed.
   *
   * @param onTaken told once when another one does
   * @throws StorageError `STORAGE_LOCKED`
   */
  readonly claim: (onTaken: () => void) => Promise<void>
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>
  /** Ends all connections and lets another process have the folder. */
  readonly close: () => Promise<void>
}
