import { RetryableError, soon } from '../../faults/retryable-error.ts'
import { storageCodes } from './codes.ts'

/** Any other error of the database driver is passed on unchanged, and is a malfunction as well. */
export type StorageErrorCode = keyof typeof storageCodes

/** A malfunction of storage: never the client's fault, and never a refusal. Callers match on `code`. */
export class StorageError<Code extends StorageErrorCode = StorageErrorCode> extends RetryableError {
  override readonly name: string = 'StorageError'
  override readonly retryAfter: number = 5
  readonly code: Code

  constructor(code: Code, message: string = storageCodes[code].message, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A blob that a row names is missing, or its length or digest differs from the row. */
export class BlobError extends StorageError<
  'STORAGE_BLOB_MISSING' | 'STORAGE_BLOB_LENGTH' | 'STORAGE_BLOB_DIGEST'
> {
  override readonly name = 'BlobError'
}

type StoreFault = 'STORAGE_NOT_ANSWERING' | 'STORAGE_VALKEY_NOT_ANSWERING' | 'STORAGE_FULL'

/** The store has not answered, or not yet: the same call may succeed soon. */
export class StoreNotAnswering extends StorageError<StoreFault> {
  override readonly name = 'StoreNotAnswering'
  override readonly retryAfter: number

  /** @param chance from 0 to 1 */
  constructor(code: StoreFault, chance: number, cause: unknown) {
    super(code, undefined, { cause })
    this.retryAfter = soon(chance)
  }
}
