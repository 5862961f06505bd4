import { crc32, deflateRawSync } from 'node:zlib'

/** An entry, each field of which can be made to lie. */
export interface EntryTemplate {
  name: string | Buffer
  content?: string | Uint8Array
  /** Default 8. */
  method?: number
  flags?: number
  crc?: number
  length?: number
  compressedLength?: number
  /** The data as it is in the archive. */
  data?: Uint8Array
  extra?: Buffer
  /** Local header, where it is to differ. */
  local?: Partial<
    Pick<EntryTemplate, 'name' | 'method' | 'flags' | 'crc' | 'length' | 'compressedLength' | 'extra'>
  >
  localSignature?: number
  /** File mode of Unix, as an archiver of that system (3, or 19 for Darwin) notes it. */
  mode?: number
  system?: number
  /** Offset of the local header as the directory gives it. */
  headerOffset?: number
  /** Bytes after the data. */
  after?: Buffer
}

export interface ArchiveTemplate {
  comment?: Buffer
  /** As the end record states them. */
  count?: number
  directoryOffset?: number
  directoryLength?: number
  disk?: number
  /** Bytes between the directory and the end record. */
  gap?: Buffer
  /** Bytes inside the directory, after the last record. */
  directoryTail?: Buffer
}

/** Writes a ZIP archive, independent of the reader under test. */
export function writeZip(entries: readonly EntryTemplate[], archive: ArchiveTemplate = {}): Buffer {
  const files: Buffer[] = []
  const records: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { local, data } = writeEntry(entry)
    records.push(directoryRecord(entry, data.length, offset))
    const written = Buffer.concat([local, data, entry.after ?? Buffer.alloc(0)])
    files.push(written)
    offset += written.length
  }
  const directory = Buffer.concat([...records, archive.directoryTail ?? Buffer.alloc(0)])
  const comment = archive.comment ?? Buffer.alloc(0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(archive.disk ?? 0, 4)
  end.writeUInt16LE((archive.count ?? entries.length) & 0xffff, 8)
  end.writeUInt16LE((archive.count ?? entries.length) & 0xffff, 10)
  end.writeUInt32LE(archive.directoryLength ?? directory.length, 12)
  end.writeUInt32LE(archive.directoryOffset ?? offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...files, directory, archive.gap ?? Buffer.alloc(0), end, comment])
}

function writeEntry(entry: EntryTemplate): { local: Buffer; data: Buffer } {
  const data = dataOf(entry)
  const merged = { ...entry, ...entry.local }
  const name = Buffer.from(merged.name)
  const extra = merged.extra ?? Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(entry.localSignature ?? 0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(merged.flags ?? 0, 6)
  header.writeUInt16LE(merged.method ?? 8, 8)
  header.writeUInt32LE(merged.crc ?? crc32(contentOf(entry)), 14)
  header.writeUInt32LE(merged.compressedLength ?? data.length, 18)
  header.writeUInt32LE(merged.length ?? contentOf(entry).length, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return { local: Buffer.concat([header, name, extra]), data }
}

function directoryRecord(entry: EntryTemplate, dataLength: number, offset: number): Buffer {
  const name = Buffer.from(entry.name)
  const extra = entry.extra ?? Buffer.alloc(0)
  const record = Buffer.alloc(46)
  record.writeUInt32LE(0x02014b50, 0)
  record.writeUInt16LE(20 + 256 * (entry.system ?? (entry.mode === undefined ? 0 : 3)), 4)
  record.writeUInt16LE(20, 6)
  record.writeUInt16LE(entry.flags ?? 0, 8)
  record.writeUInt16LE(entry.method ?? 8, 10)
  record.writeUInt32LE(entry.crc ?? crc32(contentOf(entry)), 16)
  record.writeUInt32LE(entry.compressedLength ?? dataLength, 20)
  record.writeUInt32LE(entry.length ?? contentOf(entry).length, 24)
  record.writeUInt16LE(name.length, 28)
  record.writeUInt16LE(extra.length, 30)
  record.writeUInt32LE((entry.mode ?? 0) * 0x10000, 38)
  record.writeUInt32LE(entry.headerOffset ?? offset, 42)
  return Buffer.concat([record, name, extra])
}

function dataOf(entry: EntryTemplate): Buffer {
  if (entry.data !== undefined) return Buffer.from(entry.data)
  const content = contentOf(entry)
  return entry.method === 0 ? content : deflateRawSync(content)
}

function contentOf(entry: EntryTemplate): Buffer {
  return Buffer.from(entry.content ?? 'content')
}
