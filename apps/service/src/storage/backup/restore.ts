import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { copyDurably, syncFolder } from '../blobs/durable-file.ts'
import { databaseName } from '../data-folder/embedded-database.ts'
import { StorageError } from '../errors/storage-error.ts'
import { verifyManifest } from './manifest-mac.ts'
import { describeFile, incomplete, readManifest, verifyFiles, type BackupManifest } from './manifest.ts'

/**
 * Whether a backup is complete and of a version that this one can read. Writes nothing.
 *
 * @throws StorageError `STORAGE_BACKUP_INCOMPLETE`, `STORAGE_BACKUP_VERSION`, `STORAGE_BACKUP_FORGED`, `STORAGE_SEALING_KEY`
 */
export async function checkBackup(backup: string, sealingKey: Uint8Array): Promise<BackupManifest> {
  const manifest = await readManifest(backup)
  await verifyFiles(backup, manifest)
  verifyManifest(backup, manifest, sealingKey)
  return manifest
}

interface RestoreFolderOptions {
  sealingKey: Uint8Array
  /** Called with the whole folder before it appears; if it throws, nothing does. */
  prepare?: (folder: string, manifest: BackupManifest) => Promise<void>
}

/**
 * Makes a data folder from a backup. A service of this or a later version serves from it with the sealing key of that
 * time.
 *
 * @param dataFolder must be missing or empty. A missing folder appears complete; an existing one may be a volume, which
 *   cannot be replaced, so it is filled, with the database last.
 * @throws StorageError as {@link checkBackup}; `STORAGE_EXISTS`: thrown before anything is written
 */
export async function restoreFolder(
  backup: string,
  dataFolder: string,
  { sealingKey, prepare }: RestoreFolderOptions,
): Promise<BackupManifest> {
  const isThere = await isEmptyFolder(dataFolder)
  const manifest = await checkBackup(backup, sealingKey)
  const folder = path.resolve(dataFolder)
  const partial = path.join(
    isThere ? folder : path.dirname(folder),
    `${path.basename(folder)}.restoring-${process.pid}`,
  )
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 })
    for (const file of manifest.files) {
      await copyDurably(path.join(backup, file.path), path.join(partial, file.path))
      if ((await describeFile(partial, file.path)).sha256 !== file.sha256)
        throw incomplete(`${file.path} changed while it was copied`)
    }
    await prepare?.(partial, manifest)
    await syncFolders(partial)
    if (isThere) await moveInto(partial, folder)
    else await rename(partial, folder)
    syncFolder(isThere ? folder : path.dirname(folder))
    return manifest
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

/** Whether it exists. @throws StorageError `STORAGE_EXISTS` if it is not empty */
async function isEmptyFolder(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new StorageError('STORAGE_EXISTS', `${folder} is not a folder`, { cause: error })
  })
  if (entries !== undefined && entries.length > 0)
    throw new StorageError('STORAGE_EXISTS', `${folder} is not empty`)
  return entries !== undefined
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(path.join(folder, entry.name))
  syncFolder(folder)
}

/** The database last: nothing serves from a folder without one. */
async function moveInto(partial: string, folder: string): Promise<void> {
  // If a service has started to use one in the meantime, it stays as it is.
  if ((await readdir(folder)).length > 1) throw new StorageError('STORAGE_EXISTS', `${folder} is not empty`)
  const names = (await readdir(partial)).filter((name) => name !== databaseName)
  for (const name of [...names, databaseName]) await rename(path.join(partial, name), path.join(folder, name))
  await rmdir(partial)
}
