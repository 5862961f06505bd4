import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { digestOfFile } from '../blobs/blob-file.ts'
import { databaseName } from '../data-folder/embedded-database.ts'
import { schemaSteps } from '../migrations/registry.ts'
import { StorageError } from '../errors/storage-error.ts'

/** A file of a backup. */
export interface BackupFile {
  /** Relative to the backup, with `/`. */
  path: string
  /** Bytes. */
  length: number
  /** SHA-256, lower-case hex. */
  sha256: string
}

/** The contents of a backup. It is written last: a folder without it is not a backup. */
export interface BackupManifest {
  format: typeof manifestFormat
  /** RFC 3339. */
  created_at: string
  /** Migration steps that its database has seen, in order. */
  schema: string[]
  files: BackupFile[]
  /** Over all of this, under a key that is sealed in its database. */
  mac: string
}

export const manifestName = 'backup.json'
export const storeIdName = 'store-id'
export const manifestFormat = 'assay-backup-1'

/** No file name may lead out of the folder that it is restored to. */
const filePattern = /^(assay\.sqlite|store-id|blobs\/([0-9a-f]{2})\/\2[0-9a-f]{62})$/

export function blobPlace(sha256: string): string {
  return `blobs/${sha256.slice(0, 2)}/${sha256}`
}

/** @throws StorageError `STORAGE_BACKUP_INCOMPLETE`, `STORAGE_BACKUP_VERSION` */
export async function readManifest(backup: string): Promise<BackupManifest> {
  const file = path.join(backup, manifestName)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw incomplete(`${file} cannot be read`, cause)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw incomplete(`${file} is cut off`, cause)
  }
  const { format, schema, files, created_at: createdAt, mac } = (value ?? {}) as Partial<BackupManifest>
  if (format !== manifestFormat || !isTexts(schema)) throw new StorageError('STORAGE_BACKUP_VERSION')
  if (schema.some((name, i) => schemaSteps[i]?.name !== name))
    throw new StorageError('STORAGE_BACKUP_VERSION')
  if (typeof createdAt !== 'string' || !Array.isArray(files) || !files.every(isFile))
    throw incomplete(`${file} is malformed`)
  const names = new Set(files.map((each) => each.path))
  if (names.size !== files.length || !names.has(databaseName)) throw incomplete(`${file} is malformed`)
  // One without is refused like one that somebody else has made.
  return { format, schema, files, created_at: createdAt, mac: typeof mac === 'string' ? mac : '' }
}

/** Checks every file against its digest. @throws StorageError `STORAGE_BACKUP_INCOMPLETE`, naming the file */
export async function verifyFiles(backup: string, { files }: BackupManifest): Promise<void> {
  for (const expected of files) {
    const found = await describeFile(backup, expected.path).catch((cause: unknown) => {
      throw incomplete(`${expected.path} cannot be read`, cause)
    })
    if (found.length !== expected.length) throw incomplete(`${expected.path} has another length`)
    if (found.sha256 !== expected.sha256) throw incomplete(`${expected.path} has other bytes`)
  }
}

export async function describeFile(folder: string, name: string): Promise<BackupFile> {
  const file = path.join(folder, name)
  return { path: name, length: (await stat(file)).size, sha256: await digestOfFile(file) }
}

export function incomplete(what: string, cause?: unknown): StorageError {
  return new StorageError('STORAGE_BACKUP_INCOMPLETE', `the backup is incomplete: ${what}`, { cause })
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
}

function isFile(value: unknown): value is BackupFile {
  const { path: name, length, sha256 } = (value ?? {}) as Partial<BackupFile>
  return (
    typeof name === 'string' &&
    filePattern.test(name) &&
    Number.isSafeInteger(length) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  )
}
