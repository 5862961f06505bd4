import { RetryableError } from '../faults/problem-error.ts'
import { storageCodes } from './codes.ts'

/** What the database driver throws besides is passed on as it is, and is a malfunction as well. */
export type StorageErrorCode = keyof typeof storageCodes

/** A malfunction of storage: never the client's fault, and never a verdict. Callers match on `code`. */
export class StorageError<Code extends StorageErrorCode = StorageErrorCode> extends RetryableError {
  override readonly name: string = 'StorageError'
  override readonly retryAfter = 5
  readonly code: Code

  constructor(code: Code, message: string = storageCodes[code].message, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A blob that a row names is missing or has another length than the row says. */
export class BlobError extends StorageError<'STORAGE_BLOB_MISSING' | 'STORAGE_BLOB_LENGTH'> {
  override readonly name = 'BlobError'
}
