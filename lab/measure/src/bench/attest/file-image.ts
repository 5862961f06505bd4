import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { CodeImage } from '@assay/measurement'

/** A code image of one segment in a file. */
export interface FileImage extends CodeImage {
  /** So far. */
  bytesRead(): number
  close(): void
}

const chunk = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * i * 31) >> 8))

/**
 * Makes a file of `length` bytes, whole megabytes, at `file`. It reads exactly the requested bytes, as the service
 * does.
 */
export function openFileImage(file: string, length: number): FileImage {
  const descriptor = openSync(file, 'wx+')
  for (let at = 0; at < length; at += chunk.length) writeSync(descriptor, chunk)
  let read = 0
  return {
    segments: [{ name: 'classes.dex', kind: 'dex', length }],
    read: (_name, offset, count) => {
      const bytes = Buffer.allocUnsafe(count)
      read += readSync(descriptor, bytes, 0, count, offset)
      return bytes
    },
    bytesRead: () => read,
    close: () => {
      closeSync(descriptor)
    },
  }
}
