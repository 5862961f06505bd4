import path from 'node:path'
import { Sqlite } from '../database/sqlite-driver.ts'
import { StorageError } from '../errors/storage-error.ts'
import { makePrivate } from './private-file.ts'

/**
 * Gives the folder to one process. The lock is an operating system lock, held through a separate database,
 * `lock.sqlite`, that is never written: it ends with the process, however that ends, and leaves nothing to clean up.
 *
 * Throws `STORAGE_LOCKED`.
 *
 * @returns a function that releases the folder
 */
export function lockFolder(folder: string): () => void {
  const place = path.join(folder, 'lock.sqlite')
  makePrivate(place)
  const lock = new Sqlite(place, { timeout: 0 })
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
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
}
