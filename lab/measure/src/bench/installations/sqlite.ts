import path from 'node:path'
import { Sqlite, type SqliteFile } from '@assay/testkit'

export function sqlitePath(folder: string): string {
  return path.join(folder, 'assay.sqlite')
}

/** The service's own driver. */
export function openSqlite(folder: string): SqliteFile {
  return new Sqlite(sqlitePath(folder))
}
