import { AppImageError } from '../errors/app-image-error.ts'
import type { ByteSource } from './byte-source.ts'

const endSignature = 0x06054b50
const zip64LocatorSignature = 0x07064b50
const zip64LocatorLength = 20
const localSignature = 0x04034b50
const endLength = 22
const longestComment = 0xffff

/** Where the central directory is, from the end-of-central-directory record. */
export interface EndRecord {
  /** The record with its comment. */
  bytes: Buffer
  offset: number
  entryCount: number
  directoryOffset: number
  directoryLength: number
}

/** Finds the end record as Android does: the last one whose comment reaches exactly to the end of the file. */
export function findEndRecord(source: ByteSource): EndRecord {
  const tailLength = Math.min(endLength + longestComment, source.length)
  const tailStart = source.length - tailLength
  const tail = source.read(tailStart, tailLength)
  for (let at = tailLength - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue
    if (tail.readUInt16LE(at + 20) !== tailLength - at - endLength) continue
    return readEndRecord(source, tail.subarray(at), tailStart + at)
  }
  const beginsAsZip = source.length >= 4 && source.read(0, 4).readUInt32LE(0) === localSignature
  throw beginsAsZip
    ? new AppImageError('ZIP_TRUNCATED', 'the archive has no end record')
    : new AppImageError('ZIP_MALFORMED', 'not a ZIP archive')
}

function readEndRecord(source: ByteSource, bytes: Buffer, offset: number): EndRecord {
  const entryCount = bytes.readUInt16LE(10)
  const directoryLength = bytes.readUInt32LE(12)
  const directoryOffset = bytes.readUInt32LE(16)
  const hasLocator =
    offset >= zip64LocatorLength &&
    source.read(offset - zip64LocatorLength, 4).readUInt32LE(0) === zip64LocatorSignature
  if (hasLocator || directoryLength === 0xffffffff || directoryOffset === 0xffffffff) {
    throw new AppImageError('ZIP64_UNSUPPORTED')
  }
  if (bytes.readUInt16LE(4) !== 0 || bytes.readUInt16LE(6) !== 0) {
    throw new AppImageError('ZIP_MALFORMED', 'the archive is split over several disks')
  }
  if (directoryOffset + directoryLength > offset) {
    throw new AppImageError('ZIP_MALFORMED', 'the central directory runs into the end record')
  }
  return { bytes, offset, entryCount, directoryOffset, directoryLength }
}
