import path from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { StorageError } from '../errors/storage-error.ts'

/**
 * Lets one process have the folder. The lock is one of the operating system's, held through a database of its own,
 * `lock.sqlite`, that is never written: it ends with the process, however that ends, and leaves nothing to clean up.
 *
 * Throws `STORAGE_LOCKED`.
 *
 * @returns gives the folder free
 */
export function lockFolder(folder: string): () => void {
  const lock = new SqliteDatabase(path.join(folder, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    if (isBusy(cause)) {
      throw new StorageError('STORAGE_LOCKED', undefined, { cause })
    }
    throw cause
  }
  return () => {
    lock.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')
}
