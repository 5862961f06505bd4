import { statSync } from 'node:fs'
import path from 'node:path'
import { Sqlite, type SqliteFile } from '../database/sqlite-driver.ts'
import type { BlobName } from '../blobs/blob-store.ts'
import { StorageError } from '../errors/storage-error.ts'
import { missingSteps, type SeenStep } from '../migrations/migrate.ts'
import { schemaSteps } from '../migrations/registry.ts'
import { sqliteError } from './sqlite-error.ts'

/** The database of an embedded installation, in its data folder. */
export const databaseName = 'assay.sqlite'

/** Opens the database in a folder for reading; it may be in use. @throws StorageError `STORAGE_UNAVAILABLE` */
export function openForReading(folder: string): SqliteFile {
  const file = path.join(folder, databaseName)
  try {
    // The driver has no code for a folder that is not there.
    statSync(file)
    return new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 })
  } catch (error) {
    throw sqliteError(error, folder)
  }
}

/** The steps of this version's schema that the database has not seen. @throws StorageError as {@link missingSteps} */
export function unseenSteps(database: SqliteFile): string[] {
  const seen = readSteps(database)
  return missingSteps(seen ?? [], schemaSteps)
}

/** What a database holds besides its rows. */
export interface DatabaseContents {
  /** Steps of the schema that it has seen, in order. */
  schema: string[]
  /** Steps of this version's schema that it has not seen. */
  unseen: string[]
  /** The blobs of all registered builds, each once. */
  blobs: BlobName[]
}

/**
 * Checks every page and reference of the database, and lists what belongs to it.
 *
 * @throws StorageError `STORAGE_DAMAGED`, `STORAGE_UNAVAILABLE`, and as {@link missingSteps}
 */
export function readContents(database: SqliteFile): DatabaseContents {
  try {
    const found = database.pragma('integrity_check', { simple: true })
    const orphans = database.pragma('foreign_key_check') as unknown[]
    const seen = readSteps(database)
    if (found !== 'ok' || orphans.length > 0 || seen === undefined) throw new StorageError('STORAGE_DAMAGED')
    const unseen = missingSteps(seen, schemaSteps)
    const blobs = database
      .prepare('select distinct sha256, length from build_segments order by sha256')
      .all() as BlobName[]
    return { schema: seen.map(({ name }) => name), unseen, blobs }
  } catch (error) {
    throw sqliteError(error, path.dirname(database.name))
  }
}

/** Undefined if no version has ever opened it. */
function readSteps(database: SqliteFile): SeenStep[] | undefined {
  const has = database
    .prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_steps'")
    .get()
  if (has === undefined) return undefined
  return database.prepare('select * from schema_steps order by number').all() as SeenStep[]
}
