import type { Database } from './tables.ts'

export interface OpenedDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Database
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>
  /** Ends all connections and lets another process have the folder. */
  readonly close: () => Promise<void>
}
