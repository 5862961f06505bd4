import { AppImageError } from '../errors/app-image-error.ts'
import { windowed } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import { checkDirectory, readCentralDirectory } from './central-directory.ts'
import type { DirectoryRecord } from './central-directory.ts'
import { findEndRecord } from './end-record.ts'
import type { EndRecord } from './end-record.ts'
import { zipLimits } from './limits.ts'

const localSignature = 0x04034b50
const localLength = 30
const dataDescriptorFlag = 0x08

/** An entry whose local header matches the directory, so that its data can be read. */
export interface ZipEntry {
  name: string
  /** 0 stored; everything else is read as deflated. */
  method: number
  crc32: number
  compressedLength: number
  /** Bytes, uncompressed. */
  length: number
  dataOffset: number
  /** Whether it is a symbolic link, whose content is the path that it leads to. */
  isLink: boolean
}

export interface Archive {
  readonly source: ByteSource
  readonly end: EndRecord
  /** The bytes of the central directory. */
  readonly directory: Buffer
  /** By name, in the order of the directory. Names that end in `/` are folders. */
  readonly entries: ReadonlyMap<string, ZipEntry>
  /** Offset after the data of the last entry. */
  readonly dataEnd: number
}

/**
 * Reads the directory of a ZIP archive and checks it against every local header.
 *
 * @throws AppImageError `ZIP_…`
 */
export function readArchive(source: ByteSource): Archive {
  const end = findEndRecord(source)
  if (end.directoryLength > zipLimits.centralDirectory) {
    throw new AppImageError('ZIP_BOMB', 'the central directory is too large')
  }
  const directory = source.read(end.directoryOffset, end.directoryLength)
  const records = readCentralDirectory(directory, end)
  checkDirectory(records, source.length)
  return { source, end, directory, ...locate(source, records, end.directoryOffset) }
}

/** Finds the data of each entry by its local header. Ranges must not overlap each other or the directory. */
function locate(
  source: ByteSource,
  records: readonly DirectoryRecord[],
  directoryOffset: number,
): Pick<Archive, 'entries' | 'dataEnd'> {
  const readAt = windowed(source)
  const offsets = new Map<DirectoryRecord, number>()
  let dataEnd = 0
  for (const record of records.toSorted((a, b) => a.headerOffset - b.headerOffset)) {
    if (record.headerOffset < dataEnd) {
      throw new AppImageError('ZIP_OVERLAPPING_ENTRIES')
    }
    if (record.headerOffset + localLength + record.nameBytes.length > directoryOffset) {
      throw new AppImageError('ZIP_MALFORMED', 'a local header runs into the central directory')
    }
    const header = readAt(record.headerOffset, localLength + record.nameBytes.length)
    const dataOffset = checkLocalHeader(header, record)
    dataEnd = dataOffset + record.compressedLength
    if (dataEnd > directoryOffset) {
      throw new AppImageError('ZIP_OVERLAPPING_ENTRIES', 'an entry runs into the central directory')
    }
    offsets.set(record, dataOffset)
  }
  const entries = new Map<string, ZipEntry>()
  for (const record of records) {
    const { name, method, crc32, compressedLength, length, isLink } = record
    entries.set(name, {
      name,
      method,
      crc32,
      compressedLength,
      length,
      dataOffset: offsets.get(record) as number,
      isLink,
    })
  }
  return { entries, dataEnd }
}

/**
 * Checks a local header against the directory and returns where the data starts. The compression method is not
 * compared: Android uses the directory's and so does every published build in which the two differ.
 */
function checkLocalHeader(header: Buffer, record: DirectoryRecord): number {
  if (header.readUInt32LE(0) !== localSignature) {
    throw new AppImageError('ZIP_MALFORMED', 'an entry does not point to a local header')
  }
  const flags = header.readUInt16LE(6)
  const nameLength = header.readUInt16LE(26)
  const sameName =
    nameLength === record.nameBytes.length && header.subarray(localLength).equals(record.nameBytes)
  const sameFlags = ((flags ^ record.flags) & dataDescriptorFlag) === 0
  if (!sameName || !sameFlags || !sameLengths(header, record, flags)) {
    throw new AppImageError('ZIP_HEADER_MISMATCH')
  }
  if ((flags & 1) !== 0) throw new AppImageError('ZIP_ENCRYPTED')
  return record.headerOffset + localLength + nameLength + header.readUInt16LE(28)
}

function sameLengths(header: Buffer, record: DirectoryRecord, flags: number): boolean {
  if ((flags & dataDescriptorFlag) !== 0) return true
  return (
    header.readUInt32LE(14) === record.crc32 &&
    header.readUInt32LE(18) === record.compressedLength &&
    header.readUInt32LE(22) === record.length
  )
}
