import { StorageError } from './storage-error.ts'

/** What a file system says that has no room, or gives its user no more. */
const codes = new Set(['ENOSPC', 'EDQUOT'])

/** Any error as it is; one that says that a disk is full as a {@link StorageError} `STORAGE_FULL`, which passes. */
export function namingFullDisk(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return codes.has(code) ? new StorageError('STORAGE_FULL', undefined, { cause: error }) : error
}
