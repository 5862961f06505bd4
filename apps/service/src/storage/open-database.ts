import type { OpenedDatabase, OpenOptions } from './database/opened-database.ts'

export type DatabaseConfig =
  /** One process and one folder. The folder is created if missing. */
  | { kind: 'sqlite'; folder: string }
  /** A server. `maxConnections` applies to this process; default 10. */
  | { kind: 'postgres'; connectionString: string; maxConnections?: number }

/** The steps of its schema that opening the database would run. It is only read. @throws StorageError */
export async function missingSchemaSteps(config: DatabaseConfig): Promise<string[]> {
  switch (config.kind) {
    case 'sqlite':
      return (await import('./sqlite.ts')).missingSqliteSteps(config.folder)
    case 'postgres':
      return (await import('./postgres.ts')).missingPostgresSteps(config.connectionString)
  }
}

/**
 * Opens the database, claims it, and then brings its schema up to date: a process that is refused leaves it as it is.
 *
 * Throws a {@link StorageError}: `STORAGE_LOCKED`, `STORAGE_NEWER_SCHEMA`, `STORAGE_UNAVAILABLE` or `STORAGE_DAMAGED`.
 */
export async function openDatabase(
  config: DatabaseConfig,
  options: OpenOptions = {},
): Promise<OpenedDatabase> {
  // Only the requested driver is loaded: each takes memory that the other would never use.
  switch (config.kind) {
    case 'sqlite': {
      const { openSqlite } = await import('./sqlite.ts')
      return openSqlite(config.folder, options)
    }
    case 'postgres': {
      const { openPostgres } = await import('./postgres.ts')
      return openPostgres(config.connectionString, config.maxConnections ?? 10, options)
    }
  }
}
