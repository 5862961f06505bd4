import { backUpFolder, type BackupSummary, type MadeBackup } from '../storage/backup/back-up.ts'
import { checkBackup as check, restoreFolder } from '../storage/backup/restore.ts'
import type { BackupManifest } from '../storage/backup/manifest.ts'

export type { BackupSummary, MadeBackup }

/**
 * Backs up an embedded store, also while a service serves from it.
 *
 * @param target folder that is made
 * @param sealingKey that of the store: with it the backup gets a MAC
 * @throws StorageError, and leaves nothing behind
 */
export function backUp(
  dataFolder: string,
  target: string,
  sealingKey: Uint8Array,
  clock: () => number = Date.now,
): Promise<MadeBackup> {
  return backUpFolder(dataFolder, target, { now: clock(), sealingKey })
}

/** Whether a backup is complete and made by its service, and this version can restore it. @throws StorageError */
export async function checkBackup(backup: string, sealingKey: Uint8Array): Promise<BackupSummary> {
  return summary(await check(backup, sealingKey))
}

/** Makes a data folder from a backup. @throws StorageError: nothing was touched */
export async function restore(
  backup: string,
  dataFolder: string,
  sealingKey: Uint8Array,
): Promise<BackupSummary> {
  return summary(await restoreFolder(backup, dataFolder, sealingKey))
}

function summary({ created_at, files }: BackupManifest): BackupSummary {
  return { created_at, files: files.length, length: files.reduce((sum, { length }) => sum + length, 0) }
}
