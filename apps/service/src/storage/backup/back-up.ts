import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Sqlite } from '../database/sqlite-driver.ts'
import { checkBlobFile } from '../blobs/blob-file.ts'
import type { BlobName } from '../blobs/blob-store.ts'
import { copyDurably, syncFile, syncFolder } from '../blobs/durable-file.ts'
import {
  databaseName,
  openForReading,
  readContents,
  type DatabaseContents,
} from '../data-folder/embedded-database.ts'
import { recordBackup } from '../data-folder/last-backup.ts'
import { sqliteError } from '../data-folder/sqlite-error.ts'
import { BlobError, StorageError } from '../errors/storage-error.ts'
import { macOfManifest } from './manifest-mac.ts'
import {
  blobPlace,
  describeFile,
  manifestFormat,
  manifestName,
  storeIdName,
  type BackupFile,
  type BackupManifest,
} from './manifest.ts'

/** What was backed up. */
export interface BackupSummary {
  /** RFC 3339. */
  created_at: string
  files: number
  /** Bytes of all files. */
  length: number
}

/** A backup that has just been made. */
export interface MadeBackup extends BackupSummary {
  /** Whether the data folder has a record of it, which the service shows in its metrics. */
  recorded: boolean
}

interface BackupOptions {
  /** Milliseconds since 1970. */
  now: number
  /** With it, the backup gets a MAC; it is not part of it. */
  sealingKey: Uint8Array
}

/** If a build is removed while it is copied, the backup starts again with a later state. */
const attempts = 3

/**
 * Copies the embedded store, while a service serves from it: the database as it is at one moment, and the segments of
 * every build in it. It does not contain the sealing key.
 *
 * @param target folder that is made; it appears under its name only when complete
 * @throws StorageError `STORAGE_UNAVAILABLE`, `STORAGE_FULL`, `STORAGE_NEWER_SCHEMA`, `STORAGE_EXISTS`, `STORAGE_DAMAGED`,
 *   `STORAGE_BLOB_MISSING`, `STORAGE_BLOB_LENGTH`, `STORAGE_BLOB_DIGEST`, `STORAGE_SEALING_KEY`: nothing is left behind
 */
export async function backUpFolder(
  dataFolder: string,
  target: string,
  { now, sealingKey }: BackupOptions,
): Promise<MadeBackup> {
  if (existsSync(target)) throw new StorageError('STORAGE_EXISTS', `${target} is there already`)
  const partial = `${target}.partial-${process.pid}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(partial, { recursive: true, mode: 0o700 })
      const manifest = await copyInto(partial, dataFolder, { now, sealingKey })
      await rename(partial, target)
      syncFolder(path.dirname(path.resolve(target)))
      const { files, created_at } = manifest
      const length = files.reduce((sum, file) => sum + file.length, 0)
      return { created_at, files: files.length, length, recorded: recordBackup(dataFolder, now) }
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      const isGone = error instanceof StorageError && error.code === 'STORAGE_BLOB_MISSING'
      if (!isGone || attempt === attempts) throw error
    }
  }
}

async function copyInto(
  partial: string,
  dataFolder: string,
  { now, sealingKey }: BackupOptions,
): Promise<BackupManifest> {
  const { schema, blobs } = await copyDatabase(dataFolder, partial)
  await syncFile(path.join(partial, databaseName))
  const files = [await describeFile(partial, databaseName)]
  if (existsSync(path.join(dataFolder, storeIdName))) {
    await copyDurably(path.join(dataFolder, storeIdName), path.join(partial, storeIdName))
    files.push(await describeFile(partial, storeIdName))
  }
  for (const blob of blobs) files.push(await copyBlob(dataFolder, partial, blob))
  const described = {
    format: manifestFormat,
    created_at: new Date(now).toISOString(),
    schema,
    files,
  } as const
  const copy = openForReading(partial)
  const mac = macOfManifest(copy, described, sealingKey)
  copy.close()
  const manifest: BackupManifest = { ...described, mac }
  await writeFile(path.join(partial, manifestName), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 })
  await syncFile(path.join(partial, manifestName))
  return manifest
}

/**
 * All pages in one step, within one read transaction: writers go on, and the copy need not start again for them. The copy
 * is checked.
 */
async function copyDatabase(dataFolder: string, partial: string): Promise<DatabaseContents> {
  const to = path.join(partial, databaseName)
  const source = openForReading(dataFolder)
  try {
    await source.backup(to, { progress: () => 0x7fffffff })
  } catch (error) {
    throw sqliteError(error, partial, `the database in ${dataFolder} cannot be copied to ${partial}`)
  } finally {
    source.close()
  }
  const copy = new Sqlite(to)
  try {
    // The copy is one file, and needs no other.
    copy.pragma('journal_mode = delete')
    // Restored later, they would take back what a vendor has revoked since.
    copy.pragma('secure_delete = on')
    copy.exec('delete from vendor_lists')
    return readContents(copy)
  } catch (error) {
    throw sqliteError(error, partial)
  } finally {
    copy.close()
  }
}

async function copyBlob(dataFolder: string, partial: string, blob: BlobName): Promise<BackupFile> {
  const place = blobPlace(blob.sha256)
  const from = path.join(dataFolder, place)
  await copyDurably(from, path.join(partial, place)).catch((cause: unknown) => {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause
    throw new BlobError('STORAGE_BLOB_MISSING', `${from} is missing`, { cause })
  })
  await checkBlobFile(path.join(partial, place), blob)
  return { path: place, ...blob }
}
