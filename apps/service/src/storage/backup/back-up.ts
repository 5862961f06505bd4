import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { syncFile, syncFolder } from '../blobs/durable-file.ts'
import { schemaSteps } from '../migrations/registry.ts'
import { StorageError } from '../errors/storage-error.ts'
import {
  blobPlace,
  databaseName,
  describeFile,
  manifestFormat,
  manifestName,
  storeIdName,
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

/** If a build is removed while it is copied, the backup starts again with a later state. */
const attempts = 3

/**
 * Copies the embedded store, while a service serves from it: the database as it is at one moment, and the segments of
 * every build in it. It does not contain the sealing key.
 *
 * @param target folder that is made; it appears under its name only when complete
 * @param now milliseconds since 1970
 * @throws StorageError `STORAGE_UNAVAILABLE`, `STORAGE_FULL`, `STORAGE_NEWER_SCHEMA`, `STORAGE_EXISTS`, `STORAGE_DAMAGED`,
 *   `STORAGE_BLOB_MISSING`, `STORAGE_BLOB_LENGTH`, `STORAGE_BLOB_DIGEST`: nothing is left behind
 */
export async function backUpFolder(dataFolder: string, target: string, now: number): Promise<BackupSummary> {
  if (existsSync(target)) throw new StorageError('STORAGE_EXISTS', `${target} is there already`)
  const partial = `${target}.partial-${process.pid}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(partial, { recursive: true, mode: 0o700 })
      const manifest = await copyInto(partial, dataFolder, now)
      await rename(partial, target)
      syncFolder(path.dirname(path.resolve(target)))
      const { files, created_at } = manifest
      return { created_at, files: files.length, length: files.reduce((sum, { length }) => sum + length, 0) }
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      const isGone = error instanceof StorageError && error.code === 'STORAGE_BLOB_MISSING'
      if (!isGone || attempt === attempts) throw error
    }
  }
}

async function copyInto(partial: string, dataFolder: string, now: number): Promise<BackupManifest> {
  await copyDatabase(path.join(dataFolder, databaseName), path.join(partial, databaseName))
  const { schema, blobs } = readDatabase(path.join(partial, databaseName))
  const names = [databaseName]
  if (existsSync(path.join(dataFolder, storeIdName))) {
    await copyFile(path.join(dataFolder, storeIdName), path.join(partial, storeIdName))
    names.push(storeIdName)
  }
  for (const { sha256, length } of blobs) {
    const place = blobPlace(sha256)
    await mkdir(path.dirname(path.join(partial, place)), { recursive: true, mode: 0o700 })
    await copyBlob(path.join(dataFolder, place), path.join(partial, place), length)
    names.push(place)
  }
  const files = []
  for (const name of names) {
    const described = await describeFile(partial, name)
    if (name.startsWith('blobs/') && path.basename(name) !== described.sha256)
      throw new StorageError('STORAGE_BLOB_DIGEST', `the bytes of ${name} are not those of its digest`)
    await syncFile(path.join(partial, name))
    files.push(described)
  }
  const manifest: BackupManifest = {
    format: manifestFormat,
    created_at: new Date(now).toISOString(),
    schema,
    files,
  }
  await writeFile(path.join(partial, manifestName), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 })
  await syncFile(path.join(partial, manifestName))
  return manifest
}

/** All pages in one step, within one read transaction: writers go on, and the copy need not start again for them. */
async function copyDatabase(from: string, to: string): Promise<void> {
  let source: SqliteDatabase.Database
  try {
    source = new SqliteDatabase(from, { readonly: true, fileMustExist: true, timeout: 5000 })
  } catch (cause) {
    throw new StorageError('STORAGE_UNAVAILABLE', `there is no database at ${from}`, { cause })
  }
  try {
    await source.backup(to, { progress: () => 0x7fffffff })
  } catch (cause) {
    const code = String((cause as { code?: unknown }).code)
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) throw new StorageError('STORAGE_DAMAGED', undefined, { cause })
    if (code === 'SQLITE_FULL')
      throw new StorageError('STORAGE_FULL', `there is no space left for ${to}`, { cause })
    if (/^SQLITE_(IOERR|CANTOPEN|READONLY|PERM)/.test(code))
      throw new StorageError('STORAGE_UNAVAILABLE', `${from} cannot be copied to ${to} (${code})`, { cause })
    throw cause
  } finally {
    source.close()
  }
}

/** Checks the copy, and lists what belongs to it. */
function readDatabase(file: string): { schema: string[]; blobs: { sha256: string; length: number }[] } {
  const copy = new SqliteDatabase(file)
  try {
    // The copy is one file, and needs no other.
    copy.pragma('journal_mode = delete')
    if (copy.pragma('integrity_check', { simple: true }) !== 'ok') throw new StorageError('STORAGE_DAMAGED')
    const steps = copy.prepare('select name from schema_steps order by number').pluck().all() as string[]
    if (steps.some((name, i) => schemaSteps[i]?.name !== name)) throw new StorageError('STORAGE_NEWER_SCHEMA')
    const blobs = copy
      .prepare('select distinct sha256, length from build_segments order by sha256')
      .all() as { sha256: string; length: number }[]
    return { schema: steps, blobs }
  } finally {
    copy.close()
  }
}

async function copyBlob(from: string, to: string, length: number): Promise<void> {
  const missing = (cause: unknown) =>
    new StorageError('STORAGE_BLOB_MISSING', `${from} is missing`, { cause })
  const found = await stat(from).catch((cause: unknown) => {
    throw missing(cause)
  })
  if (found.size !== length) throw new StorageError('STORAGE_BLOB_LENGTH', `${from} has another length`)
  await copyFile(from, to).catch((cause: unknown) => {
    // It was removed in the meantime.
    throw (cause as { code?: unknown }).code === 'ENOENT' ? missing(cause) : cause
  })
}
