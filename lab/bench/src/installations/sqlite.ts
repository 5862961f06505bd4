import path from 'node:path'
import { Sqlite, type SqliteFile } from '@assay/testkit'

export function sqlitePath(folder: string): string {
  return path.join(folder, 'assay.sqlite')
}

/** The service's own driver. */
export function openSqlite(folder: string): SqliteFile {
  return new Sqlite(sqlitePath(folder))
}

/** Columns of a table, in both stores. */
export function columnsOf(file: SqliteFile, table: string): string[] {
  return (file.prepare(`pragma table_info(${table})`).all() as { name: string }[]).map(({ name }) => name)
}
