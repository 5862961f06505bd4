import { StorageError } from '../errors/storage-error.ts'

/**
 * What an error of SQLite, or of the file system under it, means for a folder.
 *
 * @param failed what could not be done; by default that the data folder cannot be opened
 * @returns the error itself if it is none of them
 */
export function sqliteError(
  error: unknown,
  folder: string,
  failed = `the data folder ${folder} cannot be opened`,
): unknown {
  if (error instanceof StorageError || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  const options = { cause: error }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new StorageError('STORAGE_DAMAGED', undefined, options)
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code))
    return new StorageError('STORAGE_FULL', `there is no space left for ${folder} (${code})`, options)
  const unreachable = /^(SQLITE_(CANTOPEN|PERM|READONLY|IOERR|BUSY)|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT)/
  if (!unreachable.test(code)) return error
  return new StorageError('STORAGE_UNAVAILABLE', `${failed} (${code})`, options)
}
