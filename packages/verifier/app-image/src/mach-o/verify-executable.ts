import { createHash } from 'node:crypto'
import { AppImageError } from '../errors/app-image-error.ts'
import { readCodeSignature, type CodeDirectories, type CodeSignature } from './code-signature.ts'
import type { CodeDirectory } from './code-directory.ts'
import { readSliceRanges } from './fat-header.ts'
import { readForward, type ExecutableBytes, type ForwardReader } from './forward-reader.ts'
import { hashOf, type CodeHashType } from './hash-types.ts'
import { machOLimits } from './limits.ts'
import { malformedExecutable, malformedSignature } from './mach-o-error.ts'
import { PageCheck } from './page-check.ts'
import { readSlice, type CpuArchitecture, type Slice } from './slice.ts'

const magicLength = 4

/**
 * The statements of the code signature of one slice, verified against the bytes of the slice. Nobody vouches for the
 * signer.
 */
export interface SignedSlice {
  arch: CpuArchitecture
  /** Hex, of `LC_UUID`; `null` without it. */
  uuid: string | null
  /** Hex, 20 bytes: the hash of the CodeDirectory in slot 0, cut. */
  cdHash: string
  identifier: string
  /** The hash type of the directory in slot 0; alternates with other types were verified too. */
  hashType: CodeHashType
  /** `null` for a signature without one: ad hoc, or with a CodeDirectory from before version 0x20200. */
  teamId: string | null
  /** DER in base64, the signer's first: whose they are, `appleSigner` judges. None for an ad hoc signature. */
  certificates: string[]
}

/** An executable and its slices, in the order in which they are in the file. */
export interface ExaminedExecutable {
  /** Hex, of the whole file. */
  sha256: string
  /** All slices, or none: then no slice carries a signature, except a linker's next to others without one. */
  signed: SignedSlice[]
  /** For each of these slices, in the same order: what it was signed to be. */
  directories: CodeDirectories[]
}

/**
 * Examines a Mach-O file, universal or not: every byte of each slice before its code signature must be what its
 * CodeDirectories say. Two passes over the file; memory is bounded by {@link machOLimits}.
 *
 * @throws AppImageError `MACHO_…`; `MACHO_NOT_SIGNED` if one slice is signed, not only by its linker, and another is
 * not
 */
export async function examineExecutable(bytes: ExecutableBytes): Promise<ExaminedExecutable> {
  const hash = createHash('sha256')
  const slices = await readForward(bytes, readSlices(bytes.length), (chunk) => void hash.update(chunk))
  const sha256 = hash.digest('hex')
  const signed = slices.flatMap((slice) => {
    const { signature } = slice
    return signature === null ? [] : [{ slice, ...readCodeSignature(signature) }]
  })
  if (signed.length === 0) return { sha256, signed: [], directories: [] }
  const isPartial = signed.length < slices.length
  if (isPartial && !signed.every(({ directories: [{ isLinkerSigned }] }) => isLinkerSigned)) throw notSigned()
  await checkPages(bytes, signed)
  if (isPartial) return { sha256, signed: [], directories: [] }
  return { sha256, signed: signed.map(describe), directories: signed.map(({ directories }) => directories) }
}

/**
 * The same, of an executable that must be signed.
 *
 * @throws AppImageError `MACHO_…`
 */
export async function verifyExecutable(bytes: ExecutableBytes): Promise<ExaminedExecutable> {
  const examined = await examineExecutable(bytes)
  if (examined.signed.length === 0) throw notSigned()
  return examined
}

/** The team that every slice names; `null` if there is none, or they disagree. */
export function teamOf(slices: readonly SignedSlice[]): string | null {
  const teams = new Set(slices.map(({ teamId }) => teamId))
  const [team] = teams
  return teams.size === 1 && team !== undefined ? team : null
}

export function* readSlices(fileLength: number): ForwardReader<Slice[]> {
  if (fileLength < magicLength) throw malformedExecutable('the file is too short for a Mach-O')
  const first = yield { offset: 0, length: magicLength }
  const ranges = yield* readSliceRanges(first, fileLength)
  const slices: Slice[] = []
  let room: number = machOLimits.signatures
  for (const range of ranges) {
    if (range.length < magicLength) throw malformedExecutable('a slice is too short for a Mach-O')
    const magic = range.cpuType === undefined ? first : yield { offset: range.offset, length: magicLength }
    const slice = yield* readSlice(range, magic, room)
    room -= slice.signature?.data.length ?? 0
    slices.push(slice)
  }
  return slices
}

async function checkPages(
  bytes: ExecutableBytes,
  signed: readonly { slice: Slice; directories: CodeDirectories }[],
): Promise<void> {
  const all = signed.flatMap(({ slice, directories }) =>
    directories.map((directory) => ({ directory, start: slice.offset })),
  )
  const pages = all.reduce((sum, { directory }) => sum + directory.pageCount, 0)
  if (pages > machOLimits.pages) throw malformedSignature('a code signature has too many pages')
  const checks = all.map(({ directory, start }) => new PageCheck(directory, start))
  let offset = 0
  await bytes.stream((chunk) => {
    for (const check of checks) check.take(chunk, offset)
    offset += chunk.length
  })
}

function describe({ slice, directories, certificates }: CodeSignature & { slice: Slice }): SignedSlice {
  const { arch, uuid } = slice
  const [primary] = directories
  const { identifier, teamId, hashType } = primary
  const cdHash = cdHashOf(primary).toString('hex')
  return {
    arch,
    uuid,
    cdHash,
    identifier,
    hashType: hashType.name,
    teamId,
    certificates: certificates.map(base64),
  }
}

/** The name of a directory: its hash, truncated to 20 bytes. */
export function cdHashOf({ hashType, bytes }: CodeDirectory): Buffer {
  return hashOf(hashType, bytes).subarray(0, 20)
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

function notSigned(): AppImageError {
  return new AppImageError('MACHO_NOT_SIGNED')
}
