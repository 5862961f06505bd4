import { rmSync } from 'node:fs'
import path from 'node:path'
import type { CreatedApiKey } from '@assay/protocol/schemas'
import { createApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import { backUpFolder, type BackupSummary, type MadeBackup } from '../storage/backup/back-up.ts'
import { checkKnownHead, readBackupContents, type BackupContents } from '../storage/backup/contents.ts'
import { checkBackup as check, restoreFolder } from '../storage/backup/restore.ts'
import type { BackupManifest } from '../storage/backup/manifest.ts'
import { openStorage } from '../storage/open-storage.ts'
import { checkStorageConfig, type StorageConfig } from '../config/service.config.ts'
import { packingWords } from './packing-words.ts'

export type { BackupContents, BackupSummary, MadeBackup }

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

interface CheckOptions {
  sealingKey: Uint8Array
  /** An entry of the audit log, by its hash or its MAC, that the backup must hold. */
  knownHead?: { number: number; hash: string } | undefined
}

/**
 * Whether a backup is complete and made by its service, and this version can restore it; and what it would bring back.
 *
 * @throws StorageError, such as `STORAGE_BACKUP_OLDER`
 */
export async function checkBackup(
  backup: string,
  { sealingKey, knownHead }: CheckOptions,
): Promise<BackupSummary & { contents: BackupContents }> {
  const manifest = await check(backup, sealingKey)
  if (knownHead !== undefined) checkKnownHead(backup, knownHead)
  return { ...summary(manifest), contents: readBackupContents(backup, sealingKey) }
}

interface RestoreOptions extends CheckOptions, Pick<StorageConfig, 'clock' | 'random'> {
  /** Leaves the API keys as they were, those that have been revoked since included. */
  keepKeys?: boolean
}

/** A backup that was restored. */
export interface Restored extends BackupSummary {
  /** The only API key that is left, whose secret is never available again; undefined: all were kept. */
  adminKey: CreatedApiKey | undefined
  /** API keys that were revoked. */
  revoked: number
}

/**
 * Makes a data folder from a backup, in which all API keys are revoked but one that is made anew: a key that was revoked
 * after the backup would open the service again.
 *
 * @throws StorageError: nothing was touched
 */
export async function restore(
  backup: string,
  dataFolder: string,
  { keepKeys = false, knownHead, ...more }: RestoreOptions,
): Promise<Restored> {
  let revoking = { adminKey: undefined as CreatedApiKey | undefined, revoked: 0 }
  const manifest = await restoreFolder(backup, dataFolder, {
    sealingKey: more.sealingKey,
    async prepare(folder, { created_at: createdAt }) {
      if (knownHead !== undefined) checkKnownHead(folder, knownHead)
      if (!keepKeys) revoking = await replaceKeys({ ...more, dataFolder: folder }, createdAt)
    },
  })
  return { ...summary(manifest), ...revoking }
}

/** Page of keys that are revoked one after the other. */
const perPage = 500

async function replaceKeys(config: StorageConfig, createdAt: string) {
  const checked = checkStorageConfig(config)
  const { clock, random, dataFolder } = checked
  const storage = await openStorage({ ...checked, postgres: undefined, packingWords })
  try {
    const apiKeys = createApiKeyUseCases({ apiKeys: storage.apiKeys, clock, random })
    const adminKey = await apiKeys.addAdmin('admin key after a restore')
    let revoked = 0
    for (;;) {
      const { keys } = await apiKeys.list({ after: undefined, limit: perPage })
      const others = keys.filter(({ id }) => id !== adminKey.id)
      if (others.length === 0) break
      for (const { id } of others) await apiKeys.remove(id)
      revoked += others.length
    }
    await storage.record('store.restore', 'store', { backup_of: createdAt, revoked_keys: revoked })
    return { adminKey, revoked }
  } finally {
    storage.blobs.close()
    await storage.database.close()
    rmSync(path.join(dataFolder, 'lock.sqlite'), { force: true })
  }
}

function summary({ created_at, files }: BackupManifest): BackupSummary {
  return { created_at, files: files.length, length: files.reduce((sum, { length }) => sum + length, 0) }
}
