import type { OpenedDatabase } from './database/opened-database.ts'

export type DatabaseConfig =
  /** One process and one folder. The folder is created if missing. */
  | { kind: 'sqlite'; folder: string }
  /** A server. `maxConnections` applies to this process; default 10. */
  | { kind: 'postgres'; connectionString: string; maxConnections?: number }

/**
 * Opens the database, locks it if only one process may have it, and brings its schema up to date.
 *
 * Throws a {@link StorageError}: `STORAGE_LOCKED`, `STORAGE_NEWER_SCHEMA`, `STORAGE_UNAVAILABLE` or `STORAGE_DAMAGED`.
 *
 * @param onReport called each time that the database fails to answer for a temporary cause
 */
export async function openDatabase(config: DatabaseConfig, onReport?: () => void): Promise<OpenedDatabase> {
  // Only the requested driver is loaded: each takes memory that the other would never use.
  switch (config.kind) {
    case 'sqlite': {
      const { openSqlite } = await import('./sqlite.ts')
      return openSqlite(config.folder, onReport)
    }
    case 'postgres': {
      const { openPostgres } = await import('./postgres.ts')
      return openPostgres(config.connectionString, config.maxConnections ?? 10, onReport)
    }
  }
}
