import type { ForwardReader } from './forward-reader.ts'
import { machOLimits } from './limits.ts'
import { malformedExecutable } from './mach-o-error.ts'

/** Where the code for one kind of processor is in the file. */
export interface SliceRange {
  readonly offset: number
  readonly length: number
  /** `cputype` as the universal header has it; undefined for a file that is not universal. */
  readonly cpuType: number | undefined
}

interface FatLayout {
  readonly entryLength: number
  readonly offset: (entry: Buffer) => number
  readonly length: (entry: Buffer) => number
}

/** By magic, always in big-endian order. */
const layouts: ReadonlyMap<number, FatLayout> = new Map([
  [
    0xcafebabe,
    { entryLength: 20, offset: (entry) => entry.readUInt32BE(8), length: (entry) => entry.readUInt32BE(12) },
  ],
  [0xcafebabf, { entryLength: 32, offset: (entry) => wide(entry, 8), length: (entry) => wide(entry, 16) }],
])

const headerLength = 8
/** The top byte of `cpusubtype` holds capabilities. */
const subtypeMask = 0x00ffffff

/**
 * The slices of a file in the order of their offsets: those of a universal file, or the whole file. As XNU requires,
 * no two are for one processor, and none shares bytes with another or with the header.
 *
 * @param magic the first four bytes
 * @throws AppImageError `MACHO_MALFORMED`
 */
export function* readSliceRanges(magic: Buffer, fileLength: number): ForwardReader<readonly SliceRange[]> {
  const layout = layouts.get(magic.readUInt32BE(0))
  if (layout === undefined) return [{ offset: 0, length: fileLength, cpuType: undefined }]
  if (fileLength < headerLength) throw malformedExecutable('the universal header is cut short')
  const count = (yield { offset: magic.length, length: 4 }).readUInt32BE(0)
  if (count === 0 || count > machOLimits.slices)
    throw malformedExecutable('a universal file has too few or too many slices')
  const tableLength = count * layout.entryLength
  if (headerLength + tableLength > fileLength) throw malformedExecutable('the universal header is cut short')
  const table = yield { offset: headerLength, length: tableLength }
  const entries = Array.from({ length: count }, (_, at) =>
    table.subarray(at * layout.entryLength, (at + 1) * layout.entryLength),
  )
  refuseEqualProcessors(entries)
  const ranges = entries.map((entry) => ({
    offset: layout.offset(entry),
    length: layout.length(entry),
    cpuType: entry.readUInt32BE(0),
  }))
  return inOrder(ranges, headerLength + tableLength, fileLength)
}

function refuseEqualProcessors(entries: readonly Buffer[]): void {
  const kinds = entries.map((entry) => `${entry.readUInt32BE(0)}/${entry.readUInt32BE(4) & subtypeMask}`)
  if (new Set(kinds).size < kinds.length) throw malformedExecutable('two slices are for one processor')
}

function inOrder(
  ranges: readonly SliceRange[],
  firstFree: number,
  fileLength: number,
): readonly SliceRange[] {
  const sorted = ranges.toSorted((a, b) => a.offset - b.offset)
  let free = firstFree
  for (const { offset, length } of sorted) {
    if (offset < free) throw malformedExecutable('a slice shares bytes with another or with the header')
    free = offset + length
    if (free > fileLength) throw malformedExecutable('a slice ends beyond the file')
  }
  return sorted
}

/** Beyond 2^53 the number is not exact, and beyond any file. */
function wide(entry: Buffer, at: number): number {
  return Number(entry.readBigUInt64BE(at))
}
