import { StorageError } from './storage-error.ts'

/** The codes of a file system that is full, or whose user is over quota. */
const codes = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Returns any error unchanged, except that one for a full disk becomes a {@link StorageError} `STORAGE_FULL`, which is
 * temporary.
 */
export function namingFullDisk(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return codes.has(code) ? new StorageError('STORAGE_FULL', undefined, { cause: error }) : error
}
