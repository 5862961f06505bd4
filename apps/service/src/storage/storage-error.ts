import { RetryableError } from '../faults/retryable-error.ts'

/**
 * Every way in which storage reports a malfunction of its own. What the database driver throws besides is passed on
 * as it is, and is a malfunction as well.
 *
 * - `STORAGE_LOCKED`: another process has the data folder open.
 * - `STORAGE_NEWER_SCHEMA`: the database was written by a newer version of the service.
 * - `STORAGE_UNAVAILABLE`: the folder or the database server cannot be reached or opened.
 * - `STORAGE_DAMAGED`: the database file is not a database, or is damaged.
 * - `STORAGE_SEALING_KEY`: the sealing key is not the one that this database was sealed with.
 * - `STORAGE_SEALED_VALUE`: a sealed value was changed, moved to another name, or cut.
 * - `STORAGE_BLOB_MISSING`: a blob that a row names is not there.
 * - `STORAGE_BLOB_LENGTH`: a blob is shorter or longer than its row says.
 */
export const storageErrorCodes = [
  'STORAGE_LOCKED',
  'STORAGE_NEWER_SCHEMA',
  'STORAGE_UNAVAILABLE',
  'STORAGE_DAMAGED',
  'STORAGE_SEALING_KEY',
  'STORAGE_SEALED_VALUE',
  'STORAGE_BLOB_MISSING',
  'STORAGE_BLOB_LENGTH',
] as const
export type StorageErrorCode = (typeof storageErrorCodes)[number]

/** A malfunction of storage: never the client's fault, and never a verdict. Callers match on `code`. */
export class StorageError<Code extends StorageErrorCode = StorageErrorCode> extends RetryableError {
  override readonly name: string = 'StorageError'
  override readonly retryAfter = 5
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A blob that a row names is missing or has another length than the row says. */
export class BlobError extends StorageError<'STORAGE_BLOB_MISSING' | 'STORAGE_BLOB_LENGTH'> {
  override readonly name = 'BlobError'
}
