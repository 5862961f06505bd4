import { machOLimits } from '../mach-o/limits.ts'
import { malformedExecutable } from '../mach-o/mach-o-error.ts'
import type { SegmentCommands } from '../mach-o/slice.ts'

/** A section of the segment `__TEXT`: read-only bytes that are in memory as they are in the file. */
export interface TextSection {
  /** As `__text`. */
  readonly name: string
  /** Bytes from the start of the slice. */
  readonly offset: number
  readonly length: number
}

const textName = Buffer.from('__TEXT'.padEnd(16, '\0'), 'latin1')
const segmentHeaderLength = 72
const sectionLength = 80
const nameLength = 16
/** The low byte of a section's flags is its type; these have no bytes in the file. */
const typeMask = 0xff
const zeroFilled = new Set([0x01, 0x0c, 0x12])

/**
 * The sections of `__TEXT` of a slice, in the order of the file; none in one for 32 bits. Header and load commands,
 * which signing again changes, are no section.
 *
 * @throws AppImageError `MACHO_MALFORMED` for two segments of that name, and for sections that lie outside of their
 *   segment or slice, share bytes, have one name, or are changed when they are loaded
 */
export function textSections({ commands, littleEndian, from, to }: SegmentCommands): TextSection[] {
  const [command, second] = commands.filter(isText)
  if (second !== undefined) throw malformedExecutable('there are two __TEXT segments')
  if (command === undefined) return []
  const sections = readSections(command, littleEndian)
  for (const { offset, length } of sections) {
    if (offset < from || offset + length > to)
      throw malformedExecutable('a section lies outside of its slice')
  }
  return inOrder(sections)
}

/** @param command a `segment_command_64` (`mach-o/loader.h`) with the sections that follow it */
function readSections(command: Buffer, littleEndian: boolean): TextSection[] {
  const word = (at: number): number => (littleEndian ? command.readUInt32LE(at) : command.readUInt32BE(at))
  const wide = (at: number): number =>
    Number(littleEndian ? command.readBigUInt64LE(at) : command.readBigUInt64BE(at))
  if (command.length < segmentHeaderLength) throw malformedExecutable('a segment is cut short')
  const segment = { address: wide(24), offset: wide(40), length: wide(48) }
  const count = word(64)
  if (count > machOLimits.sections || segmentHeaderLength + count * sectionLength !== command.length) {
    throw malformedExecutable('the sections of a segment do not fit it')
  }
  const sections: TextSection[] = []
  for (let at = segmentHeaderLength; at < command.length; at += sectionLength) {
    const section = { name: nameOf(command, at), offset: word(at + 48), length: wide(at + 40) }
    if (section.length === 0) continue
    if (zeroFilled.has(word(at + 64) & typeMask) || word(at + 60) !== 0) {
      throw malformedExecutable('a section of __TEXT is not loaded as it lies in the file')
    }
    const isInside =
      section.offset >= segment.offset && section.offset + section.length <= segment.offset + segment.length
    // The loader maps the segment as a whole: a section lies as far from its start in memory as in the file.
    if (!isInside || wide(at + 32) - segment.address !== section.offset - segment.offset) {
      throw malformedExecutable('a section lies outside of its segment')
    }
    sections.push(section)
  }
  return sections
}

function isText(command: Buffer): boolean {
  return command.subarray(8, 8 + nameLength).equals(textName)
}

function inOrder(sections: readonly TextSection[]): TextSection[] {
  const sorted = sections.toSorted((a, b) => a.offset - b.offset)
  let free = 0
  for (const { offset, length } of sorted) {
    if (offset < free) throw malformedExecutable('two sections share bytes')
    free = offset + length
  }
  if (new Set(sorted.map(({ name }) => name)).size < sorted.length) {
    throw malformedExecutable('two sections have one name')
  }
  return sorted
}

/** Names fill 16 bytes, the rest of which is zero; those of sections are ASCII. */
function nameOf(command: Buffer, at: number): string {
  const bytes = command.subarray(at, at + nameLength)
  const end = bytes.indexOf(0)
  const name = bytes.toString('latin1', 0, end === -1 ? nameLength : end)
  if (!/^[\x21-\x7e]+$/.test(name)) throw malformedExecutable('a section has no name of printable ASCII')
  return name
}
