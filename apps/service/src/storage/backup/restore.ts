import { copyFile, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from '../blobs/durable-file.ts'
import { StorageError } from '../storage-error.ts'
import { describeFile, incomplete, readManifest, verifyFiles, type BackupManifest } from './manifest.ts'

/**
 * Whether a backup is whole and of a version that this one can read. Nothing is written.
 *
 * @throws StorageError `STORAGE_BACKUP_INCOMPLETE`, `STORAGE_BACKUP_VERSION`
 */
export async function checkBackup(backup: string): Promise<BackupManifest> {
  const manifest = await readManifest(backup)
  await verifyFiles(backup, manifest)
  return manifest
}

/**
 * Makes a data folder of a backup. A service of this version, or a later one, serves from it with the sealing key of then.
 *
 * @param dataFolder must be missing or empty
 * @throws StorageError as {@link checkBackup}; `STORAGE_EXISTS`: all before anything is written
 */
export async function restoreFolder(backup: string, dataFolder: string): Promise<BackupManifest> {
  await mustBeEmpty(dataFolder)
  const manifest = await checkBackup(backup)
  const partial = `${path.resolve(dataFolder)}.restoring-${process.pid}`
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 })
    for (const file of manifest.files) {
      const to = path.join(partial, file.path)
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
      await copyFile(path.join(backup, file.path), to)
      if ((await describeFile(partial, file.path)).sha256 !== file.sha256)
        throw incomplete(`${file.path} changed while it was copied`)
    }
    // Only an empty folder goes: one that a service has meanwhile started to use stays, and the restore fails.
    await rmdir(dataFolder).catch(() => undefined)
    await rename(partial, dataFolder)
    syncFolder(path.dirname(path.resolve(dataFolder)))
    return manifest
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function mustBeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new StorageError('STORAGE_EXISTS', `${folder} is not a folder`, { cause: error })
  })
  if (entries.length > 0) throw new StorageError('STORAGE_EXISTS', `${folder} is not empty`)
}
