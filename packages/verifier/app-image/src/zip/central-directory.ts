import { decodeStrictUtf8 } from '@assay/codec/text'
import * as yauzl from 'yauzl'
import { AppImageError } from '../app-image-error.ts'
import type { EndRecord } from './end-record.ts'
import { zipLimits } from './limits.ts'

const recordSignature = 0x02014b50
const recordLength = 46
const endLength = 22
const encryptedFlag = 0x01

/** An entry as the central directory describes it. */
export interface DirectoryRecord {
  name: string
  nameBytes: Buffer
  flags: number
  /** 0 stored, 8 deflated. Android takes every other value for deflated. */
  method: number
  crc32: number
  compressedLength: number
  /** Bytes, uncompressed. */
  length: number
  headerOffset: number
  /** Whether it is a symbolic link, whose content is the path that it leads to. */
  isLink: boolean
}

/** Lists the central directory, in its order. */
export function readCentralDirectory(directory: Buffer, end: EndRecord): DirectoryRecord[] {
  const records: DirectoryRecord[] = []
  let at = 0
  for (const entry of listEntries(directory, end.entryCount)) {
    const next = at + recordLengthOf(entry)
    // yauzl reads on into the end record, which is not part of the directory.
    if (next > directory.length) throw malformed()
    refuseZip64(directory, at)
    at = next
    const nameBytes = entry.fileName as unknown as Buffer
    records.push({
      name: decodeName(nameBytes),
      nameBytes,
      flags: entry.generalPurposeBitFlag,
      method: entry.compressionMethod,
      crc32: entry.crc32,
      compressedLength: entry.compressedSize,
      length: entry.uncompressedSize,
      headerOffset: entry.relativeOffsetOfLocalHeader,
      isLink: isLink(entry),
    })
  }
  if (at + 4 <= directory.length && directory.readUInt32LE(at) === recordSignature) {
    throw new AppImageError('ZIP_TOO_MANY_ENTRIES')
  }
  return records
}

/**
 * Lets yauzl list the directory, over a reader that holds only the directory and an end record. The reader answers
 * at once, so every call back into this function happens before `readEntry` returns.
 */
function listEntries(directory: Buffer, count: number): yauzl.Entry[] {
  const end = Buffer.alloc(endLength)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  const bytes = Buffer.concat([directory, end])

  let fault: Error | undefined
  let archive: yauzl.ZipFile | undefined
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false }
  yauzl.fromRandomAccessReader(new BufferReader(bytes), bytes.length, options, (error, opened) => {
    if (error) fault = error
    else archive = opened
  })
  const entries: yauzl.Entry[] = []
  archive?.on('entry', (entry: yauzl.Entry) => entries.push(entry))
  archive?.on('error', (error: Error) => (fault = error))
  while (archive !== undefined && fault === undefined && entries.length < count) {
    const before = entries.length
    archive.readEntry()
    // A record without name, extra field and comment is the one case that yauzl answers later.
    if (entries.length === before && fault === undefined) fault = new Error('an entry has no name')
  }
  if (fault !== undefined || archive === undefined) {
    if (isEncryptedAfter(directory, entries)) throw encrypted()
    throw malformed(fault)
  }
  return entries
}

/** Whether listing stopped at a record that declares encryption, of which yauzl refuses the strong kind itself. */
function isEncryptedAfter(directory: Buffer, listed: readonly yauzl.Entry[]): boolean {
  const at = listed.reduce((sum, entry) => sum + recordLengthOf(entry), 0)
  return at + recordLength <= directory.length && (directory.readUInt16LE(at + 8) & encryptedFlag) !== 0
}

/** By the file mode that archivers of Unix (3) and Darwin (19) put into the upper half of the attributes. */
function isLink({ versionMadeBy, externalFileAttributes }: yauzl.Entry): boolean {
  const system = versionMadeBy >>> 8
  return (system === 3 || system === 19) && externalFileAttributes >>> 28 === 0xa
}

function recordLengthOf(entry: yauzl.Entry): number {
  return recordLength + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength
}

function malformed(cause?: Error): AppImageError {
  return new AppImageError('ZIP_MALFORMED', 'the central directory is malformed', { cause })
}

function encrypted(): AppImageError {
  return new AppImageError('ZIP_ENCRYPTED')
}

class BufferReader extends yauzl.RandomAccessReader {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, count?: number) => void,
  ): void {
    callback(
      null,
      this.#bytes.copy(target, offset, position, Math.min(position + length, this.#bytes.length)),
    )
  }

  override _readStreamForRange(): never {
    throw new Error('entries are not read through this reader')
  }
}

function refuseZip64(directory: Buffer, at: number): void {
  for (const field of [20, 24, 42]) {
    if (directory.readUInt32LE(at + field) === 0xffffffff) {
      throw new AppImageError('ZIP64_UNSUPPORTED', 'ZIP64 entries are not supported')
    }
  }
}

/** A byte order mark is part of the name: without it, one entry would be taken for another. */
function decodeName(bytes: Buffer): string {
  const name = decodeStrictUtf8(bytes)
  if (name === undefined) throw new AppImageError('ZIP_ENTRY_PATH', 'the name of an entry is not UTF-8')
  return name
}

/** Refuses what no honest archive holds, entry by entry and taken together. */
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
