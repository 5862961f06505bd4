import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AppImageError } from '../errors/app-image-error.ts'

/** A file that is read by offset. */
export interface ByteSource {
  /** Bytes. */
  readonly length: number
  /** Exactly `length` bytes from `offset`, in a buffer of their own. @throws AppImageError `ZIP_TRUNCATED` */
  read(offset: number, length: number): Buffer
  /** Fills `target` from `offset`. @throws AppImageError `ZIP_TRUNCATED` */
  fill(target: Uint8Array, offset: number): void
  close(): void
}

/** Opens a regular file. Errors of the file system pass through. */
export function openByteSource(file: string): ByteSource {
  const descriptor = openSync(file, 'r')
  const { size } = fstatSync(descriptor)
  const fill = (target: Uint8Array, offset: number): void => {
    if (offset < 0 || offset + target.length > size) throw truncated()
    let done = 0
    while (done < target.length) {
      const got = readSync(descriptor, target, done, target.length - done, offset + done)
      if (got === 0) throw new Error('the file shrank while it was read')
      done += got
    }
  }
  return {
    length: size,
    fill,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) throw truncated()
      const target = Buffer.allocUnsafeSlow(length)
      fill(target, offset)
      return target
    },
    close: () => closeSync(descriptor),
  }
}

/** A run of bytes of another source, which stays open until its opener closes it. */
export function sourceWithin(source: ByteSource, start: number, length: number): ByteSource {
  const check = (offset: number, wanted: number): void => {
    if (offset < 0 || wanted < 0 || offset + wanted > length) throw truncated()
  }
  return {
    length,
    fill(target, offset) {
      check(offset, target.length)
      source.fill(target, start + offset)
    },
    read(offset, wanted) {
      check(offset, wanted)
      return source.read(start + offset, wanted)
    },
    close: () => undefined,
  }
}

/** A file that is in memory. */
export function sourceOfBytes(bytes: Buffer): ByteSource {
  const part = (offset: number, length: number): Buffer => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw truncated()
    return bytes.subarray(offset, offset + length)
  }
  return {
    length: bytes.length,
    fill: (target, offset) => target.set(part(offset, target.length)),
    read: (offset, length) => Buffer.from(part(offset, length)),
    close: () => undefined,
  }
}

function truncated(): AppImageError {
  return new AppImageError('ZIP_TRUNCATED')
}

/** Reads of a few bytes at rising offsets, served from a window of the source. */
export function windowed(
  source: ByteSource,
  windowLength = 0x10000,
): (offset: number, length: number) => Buffer {
  const window = Buffer.allocUnsafeSlow(Math.min(windowLength, source.length))
  let start = 0
  let end = 0
  return (offset, length) => {
    if (length > window.length || offset + length > source.length) return source.read(offset, length)
    if (offset < start || offset + length > end) {
      start = offset
      end = Math.min(offset + window.length, source.length)
      source.fill(window.subarray(0, end - start), start)
    }
    return window.subarray(offset - start, offset - start + length)
  }
}
