import type { IncomingBlob } from './incoming-blobs.ts'

/** Where segments lie: decompressed, each under the SHA-256 of its bytes. */
export interface BlobStore {
  /** Starts a blob. Anyone who writes need not know its digest or length in advance. */
  writer(): BlobWriter
  /** Makes blobs durable, under their names, that another process has written; its word is taken for their digests. */
  adopt(blobs: readonly IncomingBlob[]): Promise<void>
  /** Removes those that nobody adopts. */
  discard(blobs: readonly IncomingBlob[]): Promise<void>
  /**
   * Throws a {@link BlobError} when the blob is missing or has not exactly `length` bytes. The reader holds nothing
   * that needs closing, and stays valid until the store is closed.
   */
  open(sha256: string, length: number): BlobReader
  /**
   * Removes blobs that `keep` does not name and writes that never ended, both only when they were last written
   * before `before`: what a registration under way has committed, but not yet named in a row, must be younger.
   * The number of files removed.
   */
  sweep(keep: ReadonlySet<string>, before: Date): number
  /** Writes a file and removes it. Rejects when blobs cannot be written, or their folder is gone. */
  probe(): Promise<void>
  /** Closes all files. Readers and writers are not usable afterwards. */
  close(): void
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

export interface BlobReader {
  /** Bytes. */
  readonly length: number
  /** Exactly `length` bytes from `offset`; both must lie inside the blob. */
  read(offset: number, length: number): Buffer
  /** The whole blob in order, in chunks of at most `chunkSize` bytes (default 1 MiB), for digests. */
  chunks(chunkSize?: number): IterableIterator<Buffer>
}
