import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Sqlite, type SqliteFile } from './database/sqlite-driver.ts'
import { Kysely, SqliteDialect } from 'kysely'
import { syncFolder } from './blobs/durable-file.ts'
import { databaseName, openForReading, unseenSteps } from './data-folder/embedded-database.ts'
import { lockFolder } from './data-folder/folder-lock.ts'
import { makePrivate } from './data-folder/private-file.ts'
import { sqliteError } from './data-folder/sqlite-error.ts'
import { sqliteSchema } from './migrations/step/schema-dialect.ts'
import { migrate } from './migrations/migrate.ts'
import { schemaSteps } from './migrations/registry.ts'
import { recordSignOfLife, type OpenedDatabase, type OpenOptions } from './database/opened-database.ts'
import { judgeSqlite, reporting } from './database/reporting-dialect.ts'
import type { Tables } from './database/tables.ts'

/** `assay.sqlite` in a folder that only this process has open. */
export async function openSqlite(
  folder: string,
  { check, onReport, timed }: OpenOptions,
): Promise<OpenedDatabase> {
  let unlock: (() => void) | undefined
  let db: Kysely<Tables> | undefined
  try {
    // Only the service's own user may read its contents.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    unlock = lockFolder(folder)
    const opened = new Kysely<Tables>({
      dialect: reporting(new SqliteDialect({ database: openFile(folder) }), judgeSqlite, {
        ...(onReport && { onReport }),
        timed,
      }),
    })
    db = opened
    const newSteps = await migrate(opened, sqliteSchema, schemaSteps, check)
    syncFolder(folder)
    syncFolder(path.dirname(path.resolve(folder)))
    return {
      kind: 'sqlite',
      db: opened,
      registered: opened,
      watching: opened,
      onChange: () => undefined,
      newSteps,
      ping: (now) => recordSignOfLife(opened, now),
      close: closeOnce(opened, unlock),
    }
  } catch (error) {
    await db?.destroy()
    unlock?.()
    throw sqliteError(error, folder)
  }
}

/** The steps of its schema that the database in a folder has not seen; it may be in use, and is only read. */
export function missingSqliteSteps(folder: string): string[] {
  const database = openForReading(folder)
  try {
    return unseenSteps(database)
  } catch (error) {
    throw sqliteError(error, folder)
  } finally {
    database.close()
  }
}

function openFile(folder: string): SqliteFile {
  const place = path.join(folder, databaseName)
  makePrivate(place)
  const file = new Sqlite(place, { timeout: 5000 })
  try {
    file.pragma('journal_mode = wal')
    // An acknowledged write is on disk, even if the machine loses power.
    file.pragma('synchronous = full')
    file.pragma('fullfsync = on')
    file.pragma('foreign_keys = on')
    file.pragma('trusted_schema = off')
    // KiB when negative. The whole schema is small; the operating system caches the file as well.
    file.pragma('cache_size = -4096')
    // Journal pages that one commit writes into the file, while everybody waits: a quarter of the default.
    file.pragma('wal_autocheckpoint = 250')
    file.pragma('journal_size_limit = 16777216')
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

function closeOnce(db: Kysely<Tables>, unlock: () => void): () => Promise<void> {
  let closed: Promise<void> | undefined
  // The lock is released last: until then another process must not open the database.
  return () => (closed ??= db.destroy().then(unlock))
}
