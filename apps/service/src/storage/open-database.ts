import type { Database } from './tables.ts'

export type DatabaseConfig =
  /** One process and one folder. The folder is made when it is not there. */
  | { kind: 'sqlite'; folder: string }
  /** Any number of nodes. `maxConnections` is of this node; default 10. */
  | { kind: 'postgres'; connectionString: string; maxConnections?: number }

export interface OpenedDatabase {
  readonly kind: DatabaseConfig['kind']
  readonly db: Database
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>
  /** Ends all connections and lets another process have the folder. */
  readonly close: () => Promise<void>
}

/**
 * Opens the database, locks it where one process may have it only, and brings its schema up to date.
 *
 * Throws a {@link StorageError}: `STORAGE_LOCKED`, `STORAGE_NEWER_SCHEMA`, `STORAGE_UNAVAILABLE` or `STORAGE_DAMAGED`.
 */
export async function openDatabase(config: DatabaseConfig): Promise<OpenedDatabase> {
  // Only the driver that is asked for is loaded: each takes memory that the other would never use.
  switch (config.kind) {
    case 'sqlite': {
      const { openSqlite } = await import('./sqlite.ts')
      return openSqlite(config.folder)
    }
    case 'postgres': {
      const { openPostgres } = await import('./postgres.ts')
      return openPostgres(config.connectionString, config.maxConnections ?? 10)
    }
  }
}
