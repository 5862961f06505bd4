import type { Eventually } from '@assay/measurement'
import type { IncomingBlob } from './incoming-blobs.ts'

/** Where a node has its segments: decompressed, each under the SHA-256 of its bytes. */
export interface BlobStore {
  /**
   * Makes blobs that another process has written durable, under their names. If nodes share them, digests are checked;
   * in the node's own folder the digests stated by that process are trusted.
   */
  adopt(blobs: readonly IncomingBlob[]): Promise<void>
  /** Removes those that nobody adopts. */
  discard(blobs: readonly IncomingBlob[]): Promise<void>
  /**
   * The reader holds nothing that needs closing, and stays valid until the store is closed. A {@link BlobError}, here
   * or at the first read, means that the blob is missing or does not have exactly `length` bytes.
   */
  open(sha256: string, length: number): BlobReader
  /** Closes blobs that another process has removed: until then they occupy the disk. */
  forget(removed: readonly string[]): void
  /** Those of them that cannot be read: they are missing, or have another length. Digests are not checked. */
  faults(blobs: readonly BlobName[]): Promise<BlobFault[]>
  /** Writes a file and removes it. Rejects if blobs cannot be written, or their folder is gone. */
  probe(): Promise<void>
  /** Closes all files. Readers and writers are not usable afterwards. */
  close(): void
}

export interface BlobReader {
  /**
   * Exactly `length` bytes from `offset`; both must lie inside the blob. Synchronous if the bytes are on this node.
   *
   * @param into buffer of `length` bytes for a synchronous answer; by default a new buffer
   */
  read(offset: number, length: number, into?: Buffer): Eventually<Buffer>
}

/** Blobs in a folder of this node. */
export interface FileBlobStore extends BlobStore {
  /** Starts a blob. The writer need not know its digest or length in advance. */
  writer(): BlobWriter
  open(sha256: string, length: number): FileBlobReader
  /**
   * Removes blobs that `keep` does not name and unfinished writes, both only if they were last written before `before`:
   * what a registration under way has committed, but not yet named in a row, must be younger. Returns the SHA-256 of
   * each removed blob.
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

/** Exactly one of `commit` and `abort` ends a writer; afterwards only `abort` may be called, and has no effect. */
export interface BlobWriter {
  write(chunk: Uint8Array): void
  /**
   * Makes the blob durable, under its name: file and folder are on disk when this returns. Committing bytes that
   * already exist is not a fault.
   *
   * @returns SHA-256 of the bytes, lower-case hex
   */
  commit(): string
  abort(): void
}

/** What identifies every blob. */
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

/** Blobs that all nodes share. */
export interface SharedBlobs {
  /** As {@link BlobStore.faults}; nothing is written. */
  faults(blobs: readonly BlobName[]): Promise<BlobFault[]>
  /** Those that do not exist yet, or are incomplete. The others become as new as if they had just been written. */
  missing(blobs: readonly BlobName[]): Promise<BlobName[]>
  /**
   * Writes one; it is durable when this resolves. `pieces` come in order, each but the last with {@link pieceLength}
   * bytes.
   */
  put(blob: BlobName, pieces: AsyncIterable<Uint8Array>): Promise<void>
  /** Its pieces in order, not verified. @throws BlobError if it is missing or does not have exactly `length` bytes */
  get(blob: BlobName): AsyncIterable<Uint8Array>
  /**
   * Removes those that no build names and that were last written before `before`. Returns the number of blobs removed.
   */
  sweep(before: Date): Promise<number>
}

/** Bytes of a piece. */
export const pieceLength: number = 1 << 20
