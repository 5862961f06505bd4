import { decodeStrictUtf8 } from '@assay/codec/text'
import { AppImageError } from '../errors/app-image-error.ts'
import type { EndRecord } from './end-record.ts'
import { zipLimits } from './limits.ts'

const recordSignature = 0x02014b50
const recordLength = 46
const encryptedFlag = 0x01
/** Strong encryption. */
const strongFlag = 0x40

/** An entry as the central directory describes it. */
export interface DirectoryRecord {
  name: string
  nameBytes: Buffer
  flags: number
  /** 0 stored, 8 deflated. Android treats every other value as deflated. */
  method: number
  crc32: number
  compressedLength: number
  /** Bytes, uncompressed. */
  length: number
  headerOffset: number
  /** Whether it is a symbolic link, whose content is the path that it leads to. */
  isLink: boolean
}

/**
 * Lists the central directory, in its order (APPNOTE.TXT 6.3.10, section 4.3.12).
 *
 * @throws AppImageError `ZIP_MALFORMED`, `ZIP_ENCRYPTED`, `ZIP64_UNSUPPORTED`, `ZIP_ENTRY_PATH`, `ZIP_TOO_MANY_ENTRIES`
 */
export function readCentralDirectory(directory: Buffer, { entryCount }: EndRecord): DirectoryRecord[] {
  const starts: number[] = []
  let at = 0
  for (let i = 0; i < entryCount; i++) {
    starts.push(at)
    at = endOfRecord(directory, at)
  }
  const records = starts.map((start) => readRecord(directory, start))
  if (at + 4 <= directory.length && directory.readUInt32LE(at) === recordSignature) {
    throw new AppImageError('ZIP_TOO_MANY_ENTRIES')
  }
  return records
}

/** Where the record that starts at `at` ends. Its form is checked, and none of its values. */
function endOfRecord(directory: Buffer, at: number): number {
  if (at + recordLength > directory.length || directory.readUInt32LE(at) !== recordSignature)
    throw malformed()
  const flags = directory.readUInt16LE(at + 8)
  const extraStart = at + recordLength + directory.readUInt16LE(at + 28)
  const extraEnd = extraStart + directory.readUInt16LE(at + 30)
  const end = extraEnd + directory.readUInt16LE(at + 32)
  const isWhole = end > at + recordLength && end <= directory.length
  if (isWhole && areExtraFields(directory, extraStart, extraEnd) && (flags & strongFlag) === 0) return end
  throw (flags & encryptedFlag) === 0 ? malformed() : encrypted()
}

/** Whether each field has the length that it states. Up to three bytes after the last are padding. */
function areExtraFields(directory: Buffer, start: number, end: number): boolean {
  let at = start
  while (at + 4 <= end) at += 4 + directory.readUInt16LE(at + 2)
  return at <= end
}

function readRecord(directory: Buffer, at: number): DirectoryRecord {
  const compressedLength = directory.readUInt32LE(at + 20)
  const length = directory.readUInt32LE(at + 24)
  const headerOffset = directory.readUInt32LE(at + 42)
  if ([compressedLength, length, headerOffset].includes(0xffffffff)) {
    throw new AppImageError('ZIP64_UNSUPPORTED', 'ZIP64 entries are not supported')
  }
  const nameStart = at + recordLength
  const nameBytes = directory.subarray(nameStart, nameStart + directory.readUInt16LE(at + 28))
  return {
    name: decodeName(nameBytes),
    nameBytes,
    flags: directory.readUInt16LE(at + 8),
    method: directory.readUInt16LE(at + 10),
    crc32: directory.readUInt32LE(at + 16),
    compressedLength,
    length,
    headerOffset,
    isLink: isLink(directory.readUInt16LE(at + 4), directory.readUInt32LE(at + 38)),
  }
}

/** By the file mode that archivers of Unix (3) and Darwin (19) put into the upper half of the attributes. */
function isLink(versionMadeBy: number, externalAttributes: number): boolean {
  const system = versionMadeBy >>> 8
  return (system === 3 || system === 19) && externalAttributes >>> 28 === 0xa
}

function malformed(): AppImageError {
  return new AppImageError('ZIP_MALFORMED', 'the central directory is malformed')
}

function encrypted(): AppImageError {
  return new AppImageError('ZIP_ENCRYPTED')
}

/** A byte order mark is part of the name: without it, one entry would be confused with another. */
function decodeName(bytes: Buffer): string {
  const name = decodeStrictUtf8(bytes)
  if (name === undefined) throw new AppImageError('ZIP_ENTRY_PATH', 'the name of an entry is not UTF-8')
  return name
}

/** Refuses what no honest archive contains, per entry and in total. */
export function checkDirectory(records: readonly DirectoryRecord[], fileLength: number): void {
  const names = new Set<string>()
  let total = 0
  for (const record of records) {
    checkPath(record.name)
    if (names.has(record.name)) throw new AppImageError('ZIP_DUPLICATE_ENTRY')
    names.add(record.name)
    if ((record.flags & encryptedFlag) !== 0) throw encrypted()
    checkLengths(record)
    total += record.length
  }
  if (total > zipLimits.total || (total > zipLimits.ratioFrom && total > fileLength * zipLimits.ratio)) {
    throw new AppImageError('ZIP_BOMB', 'the entries together are too large')
  }
}

function checkLengths(record: DirectoryRecord): void {
  if (record.length > zipLimits.entry) throw new AppImageError('ZIP_BOMB', 'an entry is too large')
  if (record.method === 0) {
    if (record.compressedLength === record.length) return
    throw new AppImageError('ZIP_MALFORMED', 'a stored entry has two lengths')
  }
  if (record.length > (record.compressedLength + 1) * zipLimits.deflate) {
    throw new AppImageError('ZIP_BOMB', 'an entry claims to be larger than DEFLATE can make it')
  }
}

function checkPath(name: string): void {
  const climbs = name.includes('..') && name.split(/[/\\]/).includes('..')
  if (name === '' || climbs || name.includes('\0') || /^([/\\]|[A-Za-z]:)/.test(name)) {
    throw new AppImageError('ZIP_ENTRY_PATH')
  }
}
