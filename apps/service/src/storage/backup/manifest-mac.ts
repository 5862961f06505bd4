import type { SqliteFile } from '../database/sqlite-driver.ts'
import { createRowMacs, rowKeyName, type RowMacs } from '../database/row-macs.ts'
import { createSealing } from '../database/sealing.ts'
import { openForReading } from '../data-folder/embedded-database.ts'
import { StorageError } from '../errors/storage-error.ts'
import type { BackupManifest } from './manifest.ts'

/** The MAC of a manifest, under a key that is sealed in the database of the backup itself. @throws StorageError */
export function macOfManifest(
  database: SqliteFile,
  manifest: Omit<BackupManifest, 'mac'>,
  sealingKey: Uint8Array,
): string {
  return macsIn(database, sealingKey).of('backup.json', covered(manifest))
}

/**
 * Whether the service made this backup: whoever can write to where backups are kept can change files and digests alike.
 * The files must have been verified.
 *
 * @throws StorageError `STORAGE_BACKUP_FORGED`, `STORAGE_SEALING_KEY`
 */
export function verifyManifest(backup: string, manifest: BackupManifest, sealingKey: Uint8Array): void {
  const database = openForReading(backup)
  try {
    const isGenuine = macsIn(database, sealingKey).hold('backup.json', covered(manifest), manifest.mac)
    if (!isGenuine) throw new StorageError('STORAGE_BACKUP_FORGED')
  } finally {
    database.close()
  }
}

const covered = ({ format, created_at: createdAt, schema, files }: Omit<BackupManifest, 'mac'>) => [
  ...[format, createdAt, JSON.stringify(schema)],
  ...files.flatMap(({ path, length, sha256 }) => [path, length, sha256]),
]

function macsIn(database: SqliteFile, sealingKey: Uint8Array): RowMacs {
  const sealed = database.prepare('select sealed from secrets where name = ?').pluck().get(rowKeyName) as
    Buffer | undefined
  if (sealed === undefined) throw new StorageError('STORAGE_BACKUP_FORGED')
  try {
    return createRowMacs(createSealing(sealingKey).open(`secret:${rowKeyName}`, sealed))
  } catch (cause) {
    throw new StorageError('STORAGE_SEALING_KEY', undefined, { cause })
  }
}
