import type { OpenedDatabase } from '../database/opened-database.ts'
import type { BlobStore } from './blob-store.ts'
import { openFileBlobs } from './file-blobs.ts'

/** Bytes of blobs that one of several nodes keeps in its folder, unless it is told another number: 8 GiB. */
export const defaultBlobCache = 8 * 1024 ** 3

/** Maintenance for blobs that nodes share. */
export interface BlobSharing {
  /** Uploads the named blobs that only this node's folder has. */
  share(named: ReadonlySet<string>, signal?: AbortSignal): Promise<void>
  /** Removes shared blobs that no build names and that were last written before `before`. */
  sweep(before: Date): Promise<number>
}

/**
 * A single process has its blobs only in its folder; nodes on a database have them there, and cache what they read in
 * a folder.
 */
export async function openBlobs(
  { kind, db }: OpenedDatabase,
  folder: string,
  maxSize: number,
): Promise<{ blobs: BlobStore; sharing: BlobSharing | undefined }> {
  if (kind === 'sqlite') return { blobs: openFileBlobs(folder), sharing: undefined }
  const { createSharedBlobs } = await import('./shared-blobs.repository.ts')
  const { openCachedBlobs } = await import('./cached-blobs.ts')
  const shared = createSharedBlobs({ db, clock: Date.now })
  const blobs = await openCachedBlobs({ folder, shared, maxSize })
  return {
    blobs,
    sharing: { share: (...how) => blobs.share(...how), sweep: (before) => shared.sweep(before) },
  }
}
