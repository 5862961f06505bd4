import { constants } from 'node:fs'
import { open, rename, rm, stat, unlink, utimes } from 'node:fs/promises'
import path from 'node:path'
import { BlobError } from '../errors/storage-error.ts'

/** A blob that is written, but has no name yet. */
export interface IncomingBlob {
  /** Name of its file among the incoming ones. */
  file: string
  /** SHA-256 of its bytes, lower-case hex. */
  sha256: string
  /** Bytes. */
  length: number
}

interface Folders {
  incoming: string
  /** The path of the blob with a digest. */
  placeOf: (sha256: string) => string
}

/** Files, or folders, that are synced at the same time. */
const atOnce = 8
/** Names that `createIncoming` gives: none leads out of the folder. */
const namePattern = /^[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10}$/

/** Makes blobs durable, under their names: files and folders are on disk when it resolves. */
export async function adoptBlobs(blobs: readonly IncomingBlob[], folders: Folders): Promise<void> {
  await someAtOnce(blobs, (blob) => adopt(blob, folders))
  const places = new Set(blobs.map(({ sha256 }) => path.dirname(folders.placeOf(sha256))))
  await someAtOnce([...places], syncPlace)
}

/** When it rejects, nothing is under way any more. */
async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const workers = Array.from({ length: atOnce }, async () => {
    for (const item of left) await work(item)
  })
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
}

/** Removes those that still exist. */
export async function discardBlobs(blobs: readonly IncomingBlob[], { incoming }: Folders): Promise<void> {
  for (const { file } of blobs) await rm(pathOf(incoming, file), { force: true })
}

async function adopt({ file, sha256, length }: IncomingBlob, { incoming, placeOf }: Folders): Promise<void> {
  const from = pathOf(incoming, file)
  const target = placeOf(sha256)
  const isThere = await refresh(target, length)
  // The writer is not trusted to have left a file there rather than a link.
  const handle = await open(from, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
  try {
    const found = await handle.stat()
    if (!found.isFile() || found.size !== length) throw new BlobError('STORAGE_BLOB_LENGTH')
    if (!isThere) await handle.datasync()
  } finally {
    await handle.close()
  }
  if (isThere) await unlink(from)
  else await rename(from, target)
}

/**
 * Whether the blob exists and is complete. If so it becomes as new as if it had just been written, so that no sweep
 * takes it before a row names it. Its name appears only once its bytes are on disk.
 */
async function refresh(target: string, length: number): Promise<boolean> {
  const found = await stat(target).catch(() => undefined)
  if (found?.size !== length) return false
  const now = new Date()
  await utimes(target, now, now)
  return true
}

/** Like `syncFolder`, which blocks the thread. */
async function syncPlace(place: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(place, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function pathOf(incoming: string, file: string): string {
  if (!namePattern.test(file))
    throw Object.assign(new TypeError('a blob has a name that no writer gives'), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
  return path.join(incoming, file)
}
