import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { sha256HexPattern } from '@assay/protocol'
import { BlobError } from '../errors/storage-error.ts'
import type { BlobName, BlobStore, FileBlobReader, SharedBlobs } from './blob-store.ts'
import { digestOfFile } from './blob-file.ts'
import { piecesOf } from './pieces.ts'
import { blobPath, incomingOf, openFileBlobs } from './file-blobs.ts'
import { startIncoming } from './file-blob-writer.ts'
import type { IncomingBlob } from './incoming-blobs.ts'

export interface CachedBlobs extends BlobStore {
  /**
   * Uploads the named blobs that only this node has: a folder may be older than the shared store.
   *
   * @param signal once it is aborted, no further blob is begun
   */
  share(named: ReadonlySet<string>, signal?: AbortSignal): Promise<void>
}

interface CachedBlobsOptions {
  /** Created if missing. */
  folder: string
  shared: SharedBlobs
  /** Bytes that the folder may take, as long as the blobs in use fit. */
  maxSize: number
}

/**
 * Blobs that all nodes share, with a folder of this node as their cache: what is read is stored there, and was verified
 * on its way in. The least recently read blob is evicted first.
 */
export async function openCachedBlobs(options: CachedBlobsOptions): Promise<CachedBlobs> {
  const { folder, shared, maxSize } = options
  const local = openFileBlobs(folder)
  const recency = createRecency(await listBlobs(folder), maxSize)
  const fetching = new Map<string, Promise<void>>()
  let isEvicting = false

  const forget = (removed: readonly string[]): void => {
    local.forget(removed)
    for (const sha256 of removed) recency.drop(sha256)
  }

  /** Removes only what other nodes can provide again. Returns the number of blobs removed. */
  const evictSome = async (): Promise<number> => {
    const surplus = recency.surplus()
    const onlyHere = new Set((await shared.missing(surplus)).map(({ sha256 }) => sha256))
    const gone = surplus.filter(({ sha256 }) => !onlyHere.has(sha256))
    for (const { sha256 } of gone) {
      // Before, so that this thread does not wait for the disk; after, because it may have been read meanwhile.
      forget([sha256])
      await rm(blobPath(folder, sha256), { force: true })
      forget([sha256])
    }
    return gone.length
  }
  const keepBounded = async (): Promise<void> => {
    if (isEvicting) return
    isEvicting = true
    try {
      // Starts again if more has come in the meantime. What cannot be removed now is tried again with the next blob.
      while (recency.isOver() && (await evictSome()) > 0);
    } catch {
      // The folder stays larger than allowed until the next blob.
    } finally {
      isEvicting = false
    }
  }

  const fetchOnce = (blob: BlobName): Promise<void> => {
    const known = fetching.get(blob.sha256)
    if (known !== undefined) return known
    const begun = fetchBlob(blob, options, (fetched) => local.adopt([fetched]))
      .then(() => {
        recency.use(blob)
        void keepBounded()
      })
      .finally(() => fetching.delete(blob.sha256))
    fetching.set(blob.sha256, begun)
    return begun
  }

  const openHere = ({ sha256, length }: BlobName): FileBlobReader | undefined => {
    try {
      return local.open(sha256, length)
    } catch (error) {
      if (error instanceof BlobError) return undefined
      throw error
    }
  }

  return {
    async adopt(blobs) {
      const missing = new Set((await shared.missing(blobs)).map(({ sha256 }) => sha256))
      for (const blob of blobs)
        if (missing.delete(blob.sha256)) await upload(incomingPath(folder, blob), blob, shared)
      await local.adopt(blobs)
      for (const blob of blobs) recency.use(blob)
      void keepBounded()
    },
    discard: (blobs) => local.discard(blobs),
    open(sha256, length) {
      const blob = { sha256, length }
      let reader: FileBlobReader | undefined
      return {
        read(offset, count, into) {
          try {
            reader ??= openHere(blob)
            if (reader !== undefined) {
              const bytes = reader.read(offset, count, into)
              recency.use(blob)
              return bytes
            }
          } catch (error) {
            // It has gone in the meantime; a read outside the blob is not retried.
            if (!(error instanceof BlobError)) throw error
          }
          return fetchOnce(blob).then(() => (reader = local.open(sha256, length)).read(offset, count))
        },
      }
    },
    forget,
    /** A blob that is missing from the folder or incomplete there is fetched when it is read. */
    faults: async (blobs) => shared.faults((await local.faults(blobs)).map(({ blob }) => blob)),
    probe: () => local.probe(),
    async share(named, signal) {
      const here = (await listBlobs(folder)).filter(({ sha256 }) => named.has(sha256))
      for (const blob of await shared.missing(here)) {
        if (signal?.aborted === true) return
        await upload(blobPath(folder, blob.sha256), blob, shared)
      }
    },
    close: () => local.close(),
  }
}

/** Writes it among the blobs that have no name yet, and names it once it is complete and its digest is right. */
async function fetchBlob(
  { sha256, length }: BlobName,
  { folder, shared }: CachedBlobsOptions,
  adopt: (blob: IncomingBlob) => Promise<void>,
): Promise<void> {
  const writer = startIncoming(incomingOf(folder))
  const hash = createHash('sha256')
  try {
    let done = 0
    for await (const piece of shared.get({ sha256, length })) {
      done += piece.length
      hash.update(piece)
      writer.write(piece)
    }
    if (done !== length) throw new BlobError('STORAGE_BLOB_LENGTH')
    if (hash.digest('hex') !== sha256) throw new BlobError('STORAGE_BLOB_DIGEST')
    writer.end()
  } catch (error) {
    writer.end()
    await rm(path.join(incomingOf(folder), writer.file), { force: true })
    throw error
  }
  await adopt({ file: writer.file, sha256, length })
}

/** Its digest is checked first: with a wrong one it would block the right bytes. */
async function upload(file: string, blob: BlobName, shared: SharedBlobs): Promise<void> {
  if ((await digestOfFile(file)) !== blob.sha256) throw new BlobError('STORAGE_BLOB_DIGEST')
  await shared.put(blob, piecesOf(file))
}

/** Only `adopt` of the folder decides about names; this one only reads. */
function incomingPath(folder: string, { file }: IncomingBlob): string {
  return path.join(incomingOf(folder), path.basename(file))
}

/** The blobs in the folder, the oldest first. */
async function listBlobs(folder: string): Promise<BlobName[]> {
  const found: (BlobName & { at: number })[] = []
  for (const place of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(place)) continue
    for (const sha256 of await readdir(path.join(folder, place))) {
      if (!sha256HexPattern.test(sha256)) continue
      const { size, mtimeMs } = await stat(blobPath(folder, sha256))
      found.push({ sha256, length: size, at: mtimeMs })
    }
  }
  return found.sort((a, b) => a.at - b.at)
}

/** The blobs here, the least recently used first, and their sizes. */
function createRecency(present: readonly BlobName[], maxSize: number) {
  const lengths = new Map<string, number>()
  let size = 0
  const drop = (sha256: string) => {
    size -= lengths.get(sha256) ?? 0
    lengths.delete(sha256)
  }
  const use = ({ sha256, length }: BlobName) => {
    drop(sha256)
    lengths.set(sha256, length)
    size += length
  }
  for (const blob of present) use(blob)
  return {
    use,
    drop,
    isOver: () => size > maxSize,
    /** What must be evicted, but never the most recently used one. */
    surplus(): BlobName[] {
      const gone: BlobName[] = []
      let left = size
      for (const [sha256, length] of [...lengths].slice(0, -1)) {
        if (left <= maxSize) break
        gone.push({ sha256, length })
        left -= length
      }
      return gone
    },
  }
}
