import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { mutateBytes } from './bytes.ts'
import { longestInput, type Material, type Mutator } from './mutator.ts'

interface Entry {
  /** As in the central directory, name, extra field and comment included. */
  readonly record: Buffer
  /** Local header with name and extra field. */
  readonly header: Buffer
  readonly data: Buffer
}

/** An archive in parts, so that it can be assembled again with correct offsets. */
interface Parts {
  readonly entries: readonly Entry[]
  /** The bytes between the last entry and the central directory: the signing block of an APK. */
  readonly block: Buffer
  readonly end: Buffer
}

const recordLength = 46
const headerLength = 30
const endLength = 22
const endSignature = Buffer.from('PK\x05\x06', 'latin1')
const deflated = 8

/** Edits of a ZIP archive: entries, their contents and headers, the signing block; offsets and checksums are kept right. */
export const mutateZip: Mutator = (input, material) => {
  const parts = readParts(Buffer.from(input))
  return parts && writeParts(edited(parts, material))
}

function edited(parts: Parts, material: Material): Parts {
  const { random } = material
  const { entries, block, end } = parts
  const at = random.below(Math.max(1, entries.length))
  const entry = entries[at]
  if (entry === undefined || random.oneIn(16)) return { ...parts, end: changedBytes(end, material) }
  if (block.length > 0 && random.oneIn(2)) return { ...parts, block: changedBytes(block, material) }
  switch (random.below(8)) {
    case 0:
      return { ...parts, entries: entries.toSpliced(at, 1) }
    case 1:
      return { ...parts, entries: entries.toSpliced(at, 0, random.pick(entries)) }
    case 2:
      return { ...parts, entries: [...entries, ...donated(material)] }
    case 3:
      return {
        ...parts,
        entries: entries.with(at, { ...entry, record: changedBytes(entry.record, material) }),
      }
    case 4:
      return {
        ...parts,
        entries: entries.with(at, { ...entry, header: changedBytes(entry.header, material) }),
      }
    default:
      return { ...parts, entries: entries.with(at, withOtherContent(entry, material)) }
  }
}

/** Mostly of the same length, so that the surroundings still fit. */
function changedBytes(bytes: Buffer, material: Material): Buffer {
  const changed = Buffer.from(mutateBytes(bytes, material))
  if (material.random.oneIn(4) || changed.length === bytes.length) return changed
  return Buffer.concat([changed, bytes.subarray(changed.length)]).subarray(0, bytes.length)
}

function donated({ random, another }: Material): readonly Entry[] {
  const entries = readParts(Buffer.from(another()))?.entries ?? []
  return entries.length === 0 ? [] : [random.pick(entries)]
}

function withOtherContent(entry: Entry, material: Material): Entry {
  const content = contentOf(entry)
  if (content === undefined) return { ...entry, data: changedBytes(entry.data, material) }
  return withContent(entry, mutateBytes(content, material))
}

function contentOf({ record, data }: Entry): Buffer | undefined {
  if (record.readUInt16LE(10) !== deflated) return data
  try {
    return inflateRawSync(data, { maxOutputLength: longestInput })
  } catch {
    return undefined
  }
}

function withContent(entry: Entry, content: Uint8Array): Entry {
  const isDeflated = entry.record.readUInt16LE(10) === deflated
  const data = isDeflated ? deflateRawSync(content) : Buffer.from(content)
  const record = Buffer.from(entry.record)
  const header = Buffer.from(entry.header)
  for (const [bytes, at] of [
    [record, 16],
    [header, 14],
  ] as const) {
    bytes.writeUInt32LE(crc32(content), at)
    bytes.writeUInt32LE(data.length, at + 4)
    bytes.writeUInt32LE(content.length, at + 8)
  }
  return { record, header, data }
}

/** Undefined if the central directory is unreadable. */
function readParts(bytes: Buffer): Parts | undefined {
  const endAt = bytes.lastIndexOf(endSignature)
  if (endAt < 0 || endAt + endLength > bytes.length) return undefined
  const directoryAt = bytes.readUInt32LE(endAt + 16)
  const entries: Entry[] = []
  let firstFree = 0
  for (let at = directoryAt; at < endAt;) {
    const entry = readEntry(bytes.subarray(0, endAt), at)
    if (entry === undefined) return undefined
    entries.push(entry)
    at += entry.record.length
    firstFree = Math.max(firstFree, entry.record.readUInt32LE(42) + entry.header.length + entry.data.length)
  }
  return { entries, block: bytes.subarray(firstFree, directoryAt), end: bytes.subarray(endAt) }
}

function readEntry(bytes: Buffer, at: number): Entry | undefined {
  if (at + recordLength > bytes.length) return undefined
  const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field))
  const record = bytes.subarray(at, at + recordLength + sum(name, extra, comment))
  const headerAt = record.readUInt32LE(42)
  if (headerAt + headerLength > bytes.length) return undefined
  const [localName, localExtra] = [26, 28].map((field) => bytes.readUInt16LE(headerAt + field))
  const dataAt = headerAt + headerLength + sum(localName, localExtra)
  return {
    record,
    header: bytes.subarray(headerAt, dataAt),
    data: bytes.subarray(dataAt, dataAt + record.readUInt32LE(20)),
  }
}

const sum = (...numbers: (number | undefined)[]): number =>
  numbers.reduce<number>((all, each) => all + (each ?? 0), 0)

function writeParts({ entries, block, end }: Parts): Buffer {
  const files: Buffer[] = []
  const records: Buffer[] = []
  let offset = 0
  for (const { record, header, data } of entries) {
    const written = Buffer.from(record)
    if (written.length >= recordLength) written.writeUInt32LE(offset, 42)
    records.push(written)
    files.push(header, data)
    offset += header.length + data.length
  }
  const directory = Buffer.concat(records)
  return Buffer.concat([
    ...files,
    block,
    directory,
    endOf(end, entries.length, directory, offset + block.length),
  ])
}

function endOf(end: Buffer, count: number, directory: Buffer, directoryAt: number): Buffer {
  if (end.length < endLength) return end
  const written = Buffer.from(end)
  written.writeUInt16LE(count, 8)
  written.writeUInt16LE(count, 10)
  written.writeUInt32LE(directory.length, 12)
  written.writeUInt32LE(directoryAt, 16)
  return written
}
