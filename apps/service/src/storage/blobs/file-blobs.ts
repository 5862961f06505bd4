import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sha256HexPattern } from '@assay/protocol'
import { namingFullDisk } from '../errors/full-disk.ts'
import { BlobError } from '../errors/storage-error.ts'
import type { BlobFault, BlobName, FileBlobReader, FileBlobStore } from './blob-store.ts'
import { createDescriptorCache } from './descriptor-cache.ts'
import type { DescriptorCache } from './descriptor-cache.ts'
import { syncFolder } from './durable-file.ts'
import { startFileBlob } from './file-blob-writer.ts'
import { adoptBlobs, discardBlobs } from './incoming-blobs.ts'

const defaultChunkSize = 1 << 20

/**
 * Blobs as files `ab/abcdef…` under `folder`, writes under way in `folder/incoming`. Several stores, in threads or
 * processes, may share one folder.
 *
 * @param folder is created if missing @param options.openFiles maximum number of files to keep open; default 2,048,
 * which costs some kB and saves opening them for each read
 */
export function openFileBlobs(folder: string, options: { openFiles?: number } = {}): FileBlobStore {
  const incoming = incomingOf(folder)
  makeFolders(folder, incoming)
  const folders = { incoming, placeOf: (sha256: string) => blobPath(folder, sha256) }
  const descriptors = createDescriptorCache(options.openFiles ?? 2_048)
  return {
    writer: () => startFileBlob(folder, incoming),
    adopt: (blobs) => adoptBlobs(blobs, folders),
    discard: (blobs) => discardBlobs(blobs, folders),
    open: (sha256, length) => openBlob(folder, descriptors, sha256, length),
    forget: (removed) => {
      for (const sha256 of removed) descriptors.drop(sha256)
    },
    sweep(keep, before) {
      sweepFiles(incoming, before.getTime(), () => true)
      return sweepBlobs(folder, descriptors, keep, before.getTime())
    },
    faults: (blobs) => findFaults(folder, blobs),
    probe: () =>
      probeFolder(incoming).catch((error: unknown) => {
        throw namingFullDisk(error)
      }),
    close: () => {
      descriptors.clear()
    },
  }
}

/** Where blobs without a name are stored. */
export function incomingOf(folder: string): string {
  return path.join(folder, 'incoming')
}

/**
 * All folders for blobs, so that a writer never has to wonder whether an existing one has reached the disk yet.
 */
function makeFolders(folder: string, incoming: string): void {
  mkdirSync(incoming, { recursive: true, mode: 0o700 })
  const present = new Set(readdirSync(folder))
  for (let first = 0; first < 256; first += 1) {
    const name = first.toString(16).padStart(2, '0')
    if (!present.has(name)) mkdirSync(path.join(folder, name), { recursive: true, mode: 0o700 })
  }
  syncFolder(folder)
  syncFolder(path.dirname(path.resolve(folder)))
}

async function findFaults(folder: string, blobs: readonly BlobName[]): Promise<BlobFault[]> {
  const faults: BlobFault[] = []
  for (const blob of blobs) {
    const found = await stat(blobPath(folder, blob.sha256)).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (found === undefined) faults.push({ blob, code: 'STORAGE_BLOB_MISSING' })
    else if (found.size !== blob.length) faults.push({ blob, code: 'STORAGE_BLOB_LENGTH' })
  }
  return faults
}

async function probeFolder(incoming: string): Promise<void> {
  const file = path.join(incoming, `probe-${process.pid}`)
  await writeFile(file, 'probe', { mode: 0o600 })
  await rm(file, { force: true })
}

/** The path of the blob with this digest. Digests come from rows, but none may lead out of the folder. */
export function blobPath(folder: string, sha256: string): string {
  if (!sha256HexPattern.test(sha256)) {
    throw misuse('the name of a blob must be a SHA-256 in lower-case hex')
  }
  return path.join(folder, sha256.slice(0, 2), sha256)
}

function openBlob(
  folder: string,
  descriptors: DescriptorCache,
  sha256: string,
  length: number,
): FileBlobReader {
  const file = blobPath(folder, sha256)
  const descriptor = () => descriptors.get(sha256, () => openOrFreeOne(file, length, descriptors))
  if (fstatSync(descriptor()).size !== length) {
    descriptors.drop(sha256)
    throw wrongLength()
  }
  const read = (offset: number, count: number, into?: Buffer): Buffer => {
    if (!isCount(offset) || !isCount(count) || offset + count > length) {
      throw misuse('a read must lie inside the blob')
    }
    if (into !== undefined && into.length !== count) throw misuse('a read must fill what it is put into')
    return readExactly(descriptor(), offset, into ?? Buffer.allocUnsafe(count))
  }
  return {
    length,
    read,
    *chunks(chunkSize = defaultChunkSize) {
      if (!isCount(chunkSize) || chunkSize === 0) throw misuse('a chunk must have at least one byte')
      for (let offset = 0; offset < length; offset += chunkSize) {
        yield read(offset, Math.min(chunkSize, length - offset))
      }
    },
  }
}

/** If the process may open no more files, those that are kept open give way. */
function openOrFreeOne(file: string, length: number, descriptors: DescriptorCache): number {
  try {
    return openExact(file, length)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EMFILE')) throw error
    descriptors.clear()
    return openExact(file, length)
  }
}

function openExact(file: string, length: number): number {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new BlobError('STORAGE_BLOB_MISSING', undefined, { cause })
  }
  if (fstatSync(descriptor).size === length) return descriptor
  closeSync(descriptor)
  throw wrongLength()
}

function readExactly(descriptor: number, offset: number, into: Buffer): Buffer {
  let done = 0
  while (done < into.length) {
    const got = readSync(descriptor, into, done, into.length - done, offset + done)
    if (got === 0) throw wrongLength()
    done += got
  }
  return into
}

function sweepBlobs(
  folder: string,
  descriptors: DescriptorCache,
  keep: ReadonlySet<string>,
  before: number,
): string[] {
  const places = readdirSync(folder).filter((entry) => /^[0-9a-f]{2}$/.test(entry))
  return places.flatMap((name) =>
    sweepFiles(path.join(folder, name), before, (file) => {
      if (!sha256HexPattern.test(file) || keep.has(file)) return false
      descriptors.drop(file)
      return true
    }),
  )
}

/** The names of those removed. */
function sweepFiles(folder: string, before: number, mayGo: (name: string) => boolean): string[] {
  return readdirSync(folder).filter((name) => mayGo(name) && removeIfOlder(path.join(folder, name), before))
}

/** False if it is younger, or another process was faster. */
function removeIfOlder(file: string, before: number): boolean {
  try {
    if (statSync(file).mtimeMs >= before) return false
    unlinkSync(file)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function wrongLength(): BlobError {
  return new BlobError('STORAGE_BLOB_LENGTH')
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function misuse(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
