import type { SliceRange } from './fat-header.ts'
import type { ForwardReader } from './forward-reader.ts'
import { machOLimits } from './limits.ts'
import { readCommands } from './load-commands.ts'
import { malformedExecutable, malformedSignature } from './mach-o-error.ts'

/** A kind of processor, ignoring its subtype: `arm` includes armv7, `arm64` includes arm64e. */
export type CpuArchitecture = 'arm' | 'arm64' | 'arm64_32' | 'i386' | 'x86_64' | 'ppc' | 'ppc64'

/** One slice as its header and load commands describe it. */
export interface Slice {
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly arch: CpuArchitecture
  /** Hex, of `LC_UUID`; `null` without it. */
  readonly uuid: string | null
  /** Whether code in it is encrypted, so that memory holds other bytes than the file. */
  readonly isEncrypted: boolean
  /** What `LC_CODE_SIGNATURE` points to; `null` without it. */
  readonly signature: EmbeddedSignature | null
  /** What `textSections` reads. */
  readonly segments: SegmentCommands
}

/** The commands that map segments, unread, and where in the slice these may lie. */
export interface SegmentCommands {
  readonly commands: readonly Buffer[]
  readonly littleEndian: boolean
  /** Bytes from the start of the slice to the end of its load commands. */
  readonly from: number
  /** Bytes of the slice. */
  readonly to: number
}

export interface EmbeddedSignature {
  /** Bytes from the start of the slice. */
  readonly offset: number
  readonly data: Buffer
}

const architectures: ReadonlyMap<number, CpuArchitecture> = new Map([
  [7, 'i386'],
  [0x01000007, 'x86_64'],
  [12, 'arm'],
  [0x0100000c, 'arm64'],
  [0x0200000c, 'arm64_32'],
  [18, 'ppc'],
  [0x01000012, 'ppc64'],
])

/** By the magic as it is in the file, read as big-endian: byte order and length of the header. */
const forms: ReadonlyMap<number, { littleEndian: boolean; headerLength: number }> = new Map([
  [0xcefaedfe, { littleEndian: true, headerLength: 28 }],
  [0xcffaedfe, { littleEndian: true, headerLength: 32 }],
  [0xfeedface, { littleEndian: false, headerLength: 28 }],
  [0xfeedfacf, { littleEndian: false, headerLength: 32 }],
])

/**
 * Reads header, load commands and signature of a slice; code is left aside.
 *
 * @param magic its first four bytes
 * @param room bytes that its signature may have
 * @throws AppImageError `MACHO_MALFORMED`, `MACHO_SIGNATURE_MALFORMED`
 */
export function* readSlice(range: SliceRange, magic: Buffer, room: number): ForwardReader<Slice> {
  const header = yield* readHeader(range, magic)
  const { arch, commandsOffset, commandsLength, commandCount, littleEndian } = header
  const commandsEnd = commandsOffset + commandsLength
  if (commandsEnd > range.length) throw malformedExecutable('load commands end beyond their slice')
  if (commandsLength > machOLimits.commands) throw malformedExecutable('there are too many load commands')
  const commands =
    commandsLength === 0
      ? Buffer.alloc(0)
      : yield { offset: range.offset + commandsOffset, length: commandsLength }
  const { uuid, signature, isEncrypted, segments } = readCommands(commands, commandCount, littleEndian)
  const slice = {
    offset: range.offset,
    arch,
    uuid,
    isEncrypted,
    segments: { commands: segments, littleEndian, from: commandsEnd, to: range.length },
  }
  if (signature === null) return { ...slice, signature }
  const { offset, length } = signature
  if (offset < commandsEnd || offset + length > range.length) {
    throw malformedSignature('a code signature lies outside of its slice, or in its load commands')
  }
  if (length === 0 || length > room) throw malformedSignature('a code signature is empty or too long')
  const data = yield { offset: range.offset + offset, length }
  return { ...slice, signature: { offset, data } }
}

interface Header {
  readonly arch: CpuArchitecture
  readonly littleEndian: boolean
  /** Bytes from the start of the slice. */
  readonly commandsOffset: number
  readonly commandsLength: number
  readonly commandCount: number
}

function* readHeader(range: SliceRange, magic: Buffer): ForwardReader<Header> {
  const form = forms.get(magic.readUInt32BE(0))
  if (form === undefined) throw malformedExecutable('a slice is not a Mach-O')
  const { littleEndian, headerLength } = form
  if (headerLength > range.length) throw malformedExecutable('a Mach-O header is cut short')
  const header = yield { offset: range.offset + magic.length, length: headerLength - magic.length }
  const field = (at: number): number =>
    littleEndian ? header.readUInt32LE(at - magic.length) : header.readUInt32BE(at - magic.length)
  const arch = architectures.get(field(4))
  if (arch === undefined || (range.cpuType !== undefined && range.cpuType !== field(4))) {
    throw malformedExecutable('a slice is for the wrong processor')
  }
  return {
    arch,
    littleEndian,
    commandsOffset: headerLength,
    commandsLength: field(20),
    commandCount: field(16),
  }
}
