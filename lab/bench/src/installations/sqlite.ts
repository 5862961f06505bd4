import { createRequire } from 'node:module'
import path from 'node:path'

interface SqliteFile {
  prepare(statement: string): { all(): unknown[] }
  exec(statement: string): void
  close(): void
}

export function sqlitePath(folder: string): string {
  return path.join(folder, 'assay.sqlite')
}

/** The service's own driver. */
export function openSqlite(folder: string): SqliteFile {
  const driver = createRequire(import.meta.resolve('@assay/service'))('better-sqlite3') as new (
    file: string,
  ) => SqliteFile
  return new driver(sqlitePath(folder))
}

/** Columns of a table, in both stores. */
export function columnsOf(file: SqliteFile, table: string): string[] {
  return (file.prepare(`pragma table_info(${table})`).all() as { name: string }[]).map(({ name }) => name)
}
