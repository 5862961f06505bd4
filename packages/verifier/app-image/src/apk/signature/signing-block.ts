import { AppImageError } from '../../errors/app-image-error.ts'
import type { Archive } from '../../zip/archive.ts'
import { malformedBlock } from './record-reader.ts'

const magic = Buffer.from('APK Sig Block 42', 'latin1')
const footerLength = 24
const leastLength = 32
/** Real blocks are some kilobytes; third parties put up to a few hundred into pairs of their own. */
const greatestLength = 16 * 1024 * 1024

export const blockIds = { v2: 0x7109871a, v3: 0xf05368c0, v31: 0x1b93ad61 } as const

/** The APK Signing Block, which directly precedes the central directory. */
export interface SigningBlock {
  /** Offset of its first byte in the file. */
  offset: number
  /** Bytes. */
  length: number
  /** Values by id. Use only those of a signature scheme: everything else in the block is unsigned. */
  values: ReadonlyMap<number, Buffer>
}

/** @returns `undefined` if the archive has no such block; then only a JAR signature can count. */
export function findSigningBlock(archive: Archive): SigningBlock | undefined {
  const { source, end } = archive
  // Schemes v2 and later are defined only where nothing lies between the directory and the end record.
  if (end.directoryOffset + end.directoryLength !== end.offset) return undefined
  if (end.directoryOffset < leastLength) return undefined
  const footer = source.read(end.directoryOffset - footerLength, footerLength)
  if (!footer.subarray(8).equals(magic)) return undefined

  const declared = footer.readBigUInt64LE(0)
  if (declared < footerLength || declared > greatestLength) throw malformedBlock()
  const length = Number(declared) + 8
  const offset = end.directoryOffset - length
  if (offset < 0) throw malformedBlock()
  const block = source.read(offset, length)
  if (block.readBigUInt64LE(0) !== declared) throw malformedBlock()
  if (archive.dataEnd > offset) {
    throw new AppImageError('ZIP_OVERLAPPING_ENTRIES', 'an entry runs into the APK Signing Block')
  }
  return { offset, length, values: readPairs(block.subarray(8, length - footerLength)) }
}

/** Android takes the first of two pairs with one id, but would take the other if the first were gone: refused here. */
function readPairs(bytes: Buffer): Map<number, Buffer> {
  const values = new Map<number, Buffer>()
  let at = 0
  while (at < bytes.length) {
    if (bytes.length - at < 12) throw malformedBlock()
    const length = bytes.readBigUInt64LE(at)
    if (length < 4n || length > BigInt(bytes.length - at - 8)) throw malformedBlock()
    const id = bytes.readUInt32LE(at + 8)
    if (values.has(id)) throw malformedBlock()
    const end = at + 8 + Number(length)
    values.set(id, bytes.subarray(at + 12, end))
    at = end
  }
  return values
}
