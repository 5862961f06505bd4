import type { Eventually } from '@assay/measurement'
import type { IncomingBlob } from './incoming-blobs.ts'

/** Where segments lie, for a node: decompressed, each under the SHA-256 of its bytes. */
export interface BlobStore {
  /**
   * Makes blobs durable, under their names, that another process has written. Where nodes share them, digests are checked;
   * in a folder of its own the word of that process is taken for them.
   */
  adopt(blobs: readonly IncomingBlob[]): Promise<void>
  /** Removes those that nobody adopts. */
  discard(blobs: readonly IncomingBlob[]): Promise<void>
  /**
   * The reader holds nothing that needs closing, and stays valid until the store is closed. A {@link BlobError} says,
   * here or at the first reading, that the blob is missing or has not exactly `length` bytes.
   */
  open(sha256: string, length: number): BlobReader
  /** Closes blobs that another process has removed: until then they take their room on the disk. */
  forget(removed: readonly string[]): void
  /** Those of them that cannot be read: they are missing, or have not that length. Digests are not looked at. */
  faults(blobs: readonly BlobName[]): Promise<BlobFault[]>
  /** Writes a file and removes it. Rejects when blobs cannot be written, or their folder is gone. */
  probe(): Promise<void>
  /** Closes all files. Readers and writers are not usable afterwards. */
  close(): void
}

export interface BlobReader {
  /**
   * Exactly `length` bytes from `offset`; both must lie inside the blob. At once where the bytes lie on this node.
   *
   * @param into where an answer at once is put, which has `length` bytes; by default a new buffer
   */
  read(offset: number, length: number, into?: Buffer): Eventually<Buffer>
}

/** Blobs in a folder of this node. */
export interface FileBlobStore extends BlobStore {
  /** Starts a blob. Anyone who writes need not know its digest or length in advance. */
  writer(): BlobWriter
  open(sha256: string, length: number): FileBlobReader
  /**
   * Removes blobs that `keep` does not name and writes that never ended, both only when they were last written
   * before `before`: what a registration under way has committed, but not yet named in a row, must be younger.
   * The SHA-256 of each blob removed.
   */
  sweep(keep: ReadonlySet<string>, before: Date): string[]
}

export interface FileBlobReader extends BlobReader {
  /** Bytes. */
  readonly length: number
  read(offset: number, length: number, into?: Buffer): Buffer
  /** The whole blob in order, in chunks of at most `chunkSize` bytes (default 1 MiB), for digests. */
  chunks(chunkSize?: number): IterableIterator<Buffer>
}

/** Exactly one of `commit` and `abort` ends a writer; afterwards only `abort` may be called, and does nothing. */
export interface BlobWriter {
  write(chunk: Uint8Array): void
  /**
   * Makes the blob durable, under its name: file and folder are on disk when this returns. Committing bytes that are
   * there already is not a fault.
   *
   * @returns SHA-256 of the bytes, lower-case hex
   */
  commit(): string
  abort(): void
}

/** What every blob is known by. */
export interface BlobName {
  /** Lower-case hex. */
  sha256: string
  /** Bytes. */
  length: number
}

export interface BlobFault {
  blob: BlobName
  code: 'STORAGE_BLOB_MISSING' | 'STORAGE_BLOB_LENGTH'
}

/** Blobs that all nodes have. */
export interface SharedBlobs {
  /** As {@link BlobStore.faults}; nothing is written. */
  faults(blobs: readonly BlobName[]): Promise<BlobFault[]>
  /** Those that are not there yet, or not whole. The others are as new as if they had just been written. */
  missing(blobs: readonly BlobName[]): Promise<BlobName[]>
  /** Writes one, durable when it resolves. `pieces` are in order, each but the last of {@link pieceLength} bytes. */
  put(blob: BlobName, pieces: AsyncIterable<Uint8Array>): Promise<void>
  /** Its pieces in order, not verified. @throws BlobError when it is missing or has not exactly `length` bytes */
  get(blob: BlobName): AsyncIterable<Uint8Array>
  /** Removes those that no build names and that were last written before `before`. The number of blobs removed. */
  sweep(before: Date): Promise<number>
}

/** Bytes of a piece. */
export const pieceLength: number = 1 << 20
