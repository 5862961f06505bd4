import { existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import type { SqliteFile } from '../database/sqlite-driver.ts'
import { checkBlobFile } from '../blobs/blob-file.ts'
import { syncFolder } from '../blobs/durable-file.ts'
import type { BlobName } from '../blobs/blob-store.ts'
import { blobPath } from '../blobs/file-blobs.ts'
import { databaseName, openForReading, readContents } from '../data-folder/embedded-database.ts'
import { lockFolder } from '../data-folder/folder-lock.ts'
import { createSealing, type Sealing } from '../database/sealing.ts'
import { StorageError } from '../errors/storage-error.ts'
import { readStoreId } from '../data-folder/store-id.ts'

/** An embedded installation that nobody has open, complete, and of this version. */
export interface EmbeddedSource {
  readonly database: SqliteFile
  readonly storeId: string
  /** The blobs of all registered builds, each once. */
  readonly blobs: readonly BlobName[]
  readonly fileOf: (blob: BlobName) => string
  /** Sets the database aside, so that it is not used in parallel to its successor: their counters would diverge. */
  retire(): void
  close(): void
}

/**
 * Opens the embedded installation in `folder` for reading. No file of it changes; SQLite may leave its own (`-wal`, `-shm`)
 * beside the database.
 *
 * @throws StorageError `STORAGE_UNAVAILABLE` (there is none), `STORAGE_LOCKED` (it is at work), `STORAGE_DAMAGED`,
 * `STORAGE_NEWER_SCHEMA`, `STORAGE_OLDER_SCHEMA`, `STORAGE_OTHER_STORE`, `STORAGE_SEALING_KEY`, `STORAGE_SEALED_VALUE`, or of
 * a blob
 */
export async function openSource(folder: string, sealingKey: Uint8Array): Promise<EmbeddedSource> {
  const file = path.join(folder, databaseName)
  // First, because locking leaves a file behind.
  if (!existsSync(file))
    throw new StorageError('STORAGE_UNAVAILABLE', 'the data folder has no embedded database')
  const unlock = lockFolder(folder)
  let database: SqliteFile | undefined
  try {
    const opened = (database = openForReading(folder))
    const { unseen, blobs } = readContents(opened)
    // A service of this version upgrades an older one when it starts; a move does not.
    if (unseen.length > 0) throw new StorageError('STORAGE_OLDER_SCHEMA')
    const storeId = checkStore(opened, folder)
    checkSealed(opened, createSealing(sealingKey))
    const fileOf = ({ sha256 }: BlobName) => blobPath(path.join(folder, 'blobs'), sha256)
    for (const blob of blobs) await checkBlobFile(fileOf(blob), blob)
    return {
      database: opened,
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

function checkStore(database: SqliteFile, folder: string): string {
  const storeId = database.prepare('select store_id from store').pluck().get() as string | null | undefined
  if (typeof storeId !== 'string' || readStoreId(folder) !== storeId)
    throw new StorageError('STORAGE_OTHER_STORE')
  return storeId
}

/** Every sealed value must open, so that none is moved that nobody could read afterwards. */
function checkSealed(database: SqliteFile, sealing: Sealing): void {
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
