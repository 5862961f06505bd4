import { AppImageError } from '../errors/app-image-error.ts'
import { hashTypes, type HashType } from './hash-types.ts'
import { machOLimits } from './limits.ts'
import { malformedSignature } from './mach-o-error.ts'

/** What one CodeDirectory commits to. Numbers are bytes unless something else is said. */
export interface CodeDirectory {
  /** The whole blob. */
  readonly bytes: Buffer
  readonly hashType: HashType
  readonly identifier: string
  readonly teamId: string | null
  /** Whether a linker made it unasked: `ld` does so for 64-bit Arm on macOS and simulators. */
  readonly isLinkerSigned: boolean
  /** The code from the start of the slice on, cut into pages. */
  readonly codeLimit: number
  /** The last page may be shorter. */
  readonly pageLength: number
  /** How many pages there are; the hash of each is there. */
  readonly pageCount: number
  pageHash(page: number): Buffer
  /** The hash of a component by its slot, or undefined if there is none. */
  componentHash(slot: number): Buffer | undefined
}

const magic = 0xfade0c02
/** Versions that Apple's code reads: older ones are incompatible, newer ones too from the limit on. */
const oldestVersion = 0x20001
const incompatibleVersion = 0x2f000
const largestPageBits = 31
const linkerSignedFlag = 0x20000

/** The version that introduced each field, and where the header of that version ends. */
const since = {
  scatter: 0x20100,
  team: 0x20200,
  limit64: 0x20300,
  execSegment: 0x20400,
  preEncrypt: 0x20500,
  linkage: 0x20600,
}
const headerEnds = [
  [since.linkage, 108],
  [since.preEncrypt, 96],
  [since.execSegment, 88],
  [since.limit64, 64],
  [since.team, 52],
  [since.scatter, 48],
  [oldestVersion, 44],
] as const

/**
 * Reads a CodeDirectory, with the rules that XNU and Apple's Security framework have for its form: everything that it
 * points to lies inside it, and it has one hash for each page of the code.
 *
 * @throws AppImageError `MACHO_SIGNATURE_MALFORMED`, `MACHO_HASH_TYPE`
 */
export function parseCodeDirectory(bytes: Buffer): CodeDirectory {
  const header = readHeader(bytes)
  const { hashType, hashOffset, components, pageCount } = header
  const pageLength = header.pageBits === 0 ? header.codeLimit : 2 ** header.pageBits
  if (pageLength === 0 || pageCount !== Math.ceil(header.codeLimit / pageLength)) {
    throw malformedSignature('a CodeDirectory does not have one hash for each page')
  }
  const hashAt = (index: number): Buffer => {
    const at = hashOffset + index * hashType.length
    return bytes.subarray(at, at + hashType.length)
  }
  return {
    bytes,
    hashType,
    identifier: textAt(bytes, header.identifierOffset, header.end),
    teamId: header.teamOffset === 0 ? null : textAt(bytes, header.teamOffset, header.end),
    isLinkerSigned: (bytes.readUInt32BE(12) & linkerSignedFlag) !== 0,
    codeLimit: header.codeLimit,
    pageLength,
    pageCount,
    pageHash: hashAt,
    componentHash(slot) {
      const hash = slot > components ? undefined : hashAt(-slot)
      return hash?.some((octet) => octet !== 0) === true ? hash : undefined
    },
  }
}

function readHeader(bytes: Buffer) {
  const version = bytes.length < 12 ? 0 : bytes.readUInt32BE(8)
  const end = headerEnds.find(([from]) => version >= from)?.[1]
  if (bytes.readUInt32BE(0) !== magic || end === undefined || version >= incompatibleVersion) {
    throw malformedSignature('there is no CodeDirectory of a known version')
  }
  if (bytes.length < end) throw malformedSignature('a CodeDirectory is cut short')
  const hashType = hashTypes.get(bytes[37] as number)
  if (hashType === undefined) throw new AppImageError('MACHO_HASH_TYPE')
  const header = {
    end,
    hashType,
    hashOffset: bytes.readUInt32BE(16),
    identifierOffset: bytes.readUInt32BE(20),
    components: bytes.readUInt32BE(24),
    pageCount: bytes.readUInt32BE(28),
    codeLimit: codeLimitOf(bytes, version),
    pageBits: bytes[39] as number,
    teamOffset: version >= since.team ? bytes.readUInt32BE(48) : 0,
  }
  if (bytes[36] !== hashType.length || header.pageBits > largestPageBits) {
    throw malformedSignature('a CodeDirectory has hashes or pages of an invalid length')
  }
  refuseHashesOutside(bytes, header)
  if (version >= since.scatter) checkScatter(bytes, bytes.readUInt32BE(44), header)
  if (version >= since.preEncrypt) checkPreEncryptHashes(bytes, bytes.readUInt32BE(92), header)
  if (version >= since.linkage) checkRange(bytes, bytes.readUInt32BE(100), bytes.readUInt32BE(104))
  return header
}

function codeLimitOf(bytes: Buffer, version: number): number {
  const wide = version >= since.limit64 ? bytes.readBigUInt64BE(56) : 0n
  return wide === 0n ? bytes.readUInt32BE(32) : Number(wide)
}

interface Hashes {
  /** Where the header ends. */
  readonly end: number
  readonly hashType: HashType
  readonly hashOffset: number
  readonly components: number
  readonly pageCount: number
}

/** The hashes of components stand before those of pages, the first one last. */
function refuseHashesOutside(
  bytes: Buffer,
  { end, hashType, hashOffset, components, pageCount }: Hashes,
): void {
  const { length } = hashType
  if (hashOffset - components * length < end || hashOffset + pageCount * length > bytes.length) {
    throw malformedSignature('hashes lie outside of their CodeDirectory')
  }
}

/**
 * A scatter vector says which pages the hashes are for: {u32 count, u32 first page, u64, u64}, ended by a count of 0.
 * XNU uses it, Apple's static check does not; so it must agree with what would apply without it.
 */
function checkScatter(bytes: Buffer, offset: number, { end, pageCount }: Hashes): void {
  if (offset === 0) return
  if (offset < end) throw malformedSignature('a scatter vector lies in the header')
  const elementLength = 24
  let pages = 0
  for (let at = offset; ; at += elementLength) {
    checkRange(bytes, at, elementLength)
    const count = bytes.readUInt32BE(at)
    if (count === 0) break
    if (bytes.readUInt32BE(at + 4) !== pages)
      throw malformedSignature('a scatter vector leaves the order of pages')
    pages += count
  }
  if (pages !== pageCount) throw malformedSignature('a scatter vector has another number of pages')
}

/** Hashes of the pages as they were before the store encrypted them. They are not compared. */
function checkPreEncryptHashes(bytes: Buffer, offset: number, { end, hashType, pageCount }: Hashes): void {
  if (offset === 0) return
  if (offset < end) throw malformedSignature('hashes lie in the header')
  checkRange(bytes, offset, pageCount * hashType.length)
}

function checkRange(bytes: Buffer, offset: number, length: number): void {
  if (offset + length > bytes.length) throw malformedSignature('a CodeDirectory points outside of itself')
}

/** Zero-terminated text after the header. */
function textAt(bytes: Buffer, offset: number, headerEnd: number): string {
  const end = offset < headerEnd ? -1 : bytes.indexOf(0, offset)
  if (end <= offset || end - offset > machOLimits.text) {
    throw malformedSignature('a CodeDirectory lacks an identifier, or the end of one')
  }
  const text = bytes.toString('utf8', offset, end)
  if (/[\p{Cc}\ufffd]/u.test(text)) throw malformedSignature('an identifier is not text')
  return text
}
