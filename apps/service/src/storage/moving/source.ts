import { createHash } from 'node:crypto'
import { createReadStream, existsSync, renameSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { syncFolder } from '../blobs/durable-file.ts'
import type { BlobName } from '../blobs/blob-store.ts'
import { blobPath } from '../blobs/file-blobs.ts'
import { lockFolder } from '../data-folder/folder-lock.ts'
import { schemaSteps } from '../migrations/registry.ts'
import { createSealing, type Sealing } from '../database/sealing.ts'
import { BlobError, StorageError } from '../errors/storage-error.ts'
import { readStoreId } from '../data-folder/store-id.ts'

/** An embedded installation that nobody has open, complete, and of this version. */
export interface EmbeddedSource {
  readonly database: SqliteDatabase.Database
  readonly storeId: string
  /** The blobs of all registered builds, each once. */
  readonly blobs: readonly BlobName[]
  readonly fileOf: (blob: BlobName) => string
  /** Sets the database aside, so that it is not used in parallel to its successor: their counters would diverge. */
  retire(): void
  close(): void
}

const fileName = 'assay.sqlite'

/**
 * Opens the embedded installation in `folder` for reading. No file of it changes; SQLite may leave its own (`-wal`, `-shm`)
 * beside the database.
 *
 * @throws StorageError `STORAGE_UNAVAILABLE` (there is none), `STORAGE_LOCKED` (it is at work), `STORAGE_DAMAGED`,
 * `STORAGE_NEWER_SCHEMA`, `STORAGE_OLDER_SCHEMA`, `STORAGE_OTHER_STORE`, `STORAGE_SEALING_KEY`, `STORAGE_SEALED_VALUE`, or of
 * a blob
 */
export async function openSource(folder: string, sealingKey: Uint8Array): Promise<EmbeddedSource> {
  const file = path.join(folder, fileName)
  if (!existsSync(file))
    throw new StorageError('STORAGE_UNAVAILABLE', 'the data folder has no embedded database')
  const unlock = lockFolder(folder)
  let database: SqliteDatabase.Database | undefined
  try {
    database = openWhole(file)
    checkSteps(database)
    const storeId = checkStore(database, folder)
    checkSealed(database, createSealing(sealingKey))
    const blobs = database.prepare('select distinct sha256, length from build_segments').all() as BlobName[]
    const fileOf = ({ sha256 }: BlobName) => blobPath(path.join(folder, 'blobs'), sha256)
    for (const blob of blobs) await checkBlob(fileOf(blob), blob)
    const opened = database
    return {
      database,
      storeId,
      blobs,
      fileOf,
      retire() {
        opened.close()
        for (const end of ['', '-wal', '-shm'])
          if (existsSync(file + end)) renameSync(file + end, `${file}.migrated${end}`)
        syncFolder(folder)
      },
      close() {
        opened.close()
        unlock()
      },
    }
  } catch (error) {
    database?.close()
    unlock()
    throw error
  }
}

function openWhole(file: string): SqliteDatabase.Database {
  let database: SqliteDatabase.Database | undefined
  try {
    database = new SqliteDatabase(file, { readonly: true, fileMustExist: true })
    const found = database.pragma('integrity_check', { simple: true })
    const orphans = database.pragma('foreign_key_check') as unknown[]
    if (found !== 'ok' || orphans.length > 0) throw new StorageError('STORAGE_DAMAGED')
    return database
  } catch (error) {
    database?.close()
    if (error instanceof StorageError) throw error
    const isDamaged = /^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code))
    throw new StorageError(isDamaged ? 'STORAGE_DAMAGED' : 'STORAGE_UNAVAILABLE', undefined, { cause: error })
  }
}

/** A service of this version upgrades an older one when it starts; a move does not. */
function checkSteps(database: SqliteDatabase.Database): void {
  const isThere = database.prepare("select 1 from sqlite_master where name = 'schema_steps'").get()
  if (isThere === undefined) throw new StorageError('STORAGE_DAMAGED')
  const seen = database.prepare('select name from schema_steps order by number').pluck().all() as string[]
  if (seen.some((name, i) => schemaSteps[i]?.name !== name)) throw new StorageError('STORAGE_NEWER_SCHEMA')
  if (seen.length < schemaSteps.length) throw new StorageError('STORAGE_OLDER_SCHEMA')
}

function checkStore(database: SqliteDatabase.Database, folder: string): string {
  const storeId = database.prepare('select store_id from store').pluck().get() as string | null | undefined
  if (typeof storeId !== 'string' || readStoreId(folder) !== storeId)
    throw new StorageError('STORAGE_OTHER_STORE')
  return storeId
}

/** Every sealed value must open, so that none is moved that nobody could read afterwards. */
function checkSealed(database: SqliteDatabase.Database, sealing: Sealing): void {
  const secrets = database.prepare('select name, sealed from secrets').all() as {
    name: string
    sealed: Buffer
  }[]
  const check = secrets.find(({ name }) => name === 'sealing-check')
  if (check === undefined) throw new StorageError('STORAGE_SEALING_KEY')
  try {
    sealing.open(`secret:${check.name}`, check.sealed)
  } catch (cause) {
    throw new StorageError('STORAGE_SEALING_KEY', undefined, { cause })
  }
  for (const { name, sealed } of secrets) sealing.open(`secret:${name}`, sealed)
  const keys = database.prepare('select kid, sealed from signing_keys').all() as {
    kid: string
    sealed: Buffer
  }[]
  for (const { kid, sealed } of keys) sealing.open(`signing-key:${kid}`, sealed)
}

async function checkBlob(file: string, { sha256, length }: BlobName): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw new BlobError('STORAGE_BLOB_MISSING')
  if (found.size !== length) throw new BlobError('STORAGE_BLOB_LENGTH')
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  if (hash.digest('hex') !== sha256) throw new BlobError('STORAGE_BLOB_DIGEST')
}
