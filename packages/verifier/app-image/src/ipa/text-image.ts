import type { SegmentHead } from '../report/build-report.ts'
import type { SegmentRun } from '../report/code-image.ts'
import { readForward, type ExecutableBytes } from '../mach-o/forward-reader.ts'
import type { Slice } from '../mach-o/slice.ts'
import { textSections } from './text-sections.ts'
import { readSlices } from '../mach-o/verify-executable.ts'
import { isMachO } from '@assay/protocol'
import type { ZipEntry } from '../zip/archive.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { AppImageError } from '../errors/app-image-error.ts'
import { refuseLink } from './app/app-content.ts'
import type { AppFiles } from './app/app-folder.ts'

/** Executables and libraries of one app. */
const mostExecutables = 512
/** Sections of all of them together: a plan can number no more. */
const mostSections = 4096

/** The binary of a framework, or a library that stands by itself. */
const libraryName = /^Frameworks\/(?:([^/]+)\.framework\/\1|[^/]+\.dylib)$/

export interface TextImage {
  readonly isReadable: boolean
  readonly runs: readonly SegmentRun[]
}

/**
 * The second image of an iOS app: the sections of `__TEXT` of its executable and of its frameworks, for 64-bit ARM,
 * under the names that the app finds them by in its memory: path inside the app's folder, `.__TEXT.`, name of the
 * section.
 *
 * A store that encrypts an executable and signs it again leaves these bytes as they are once they are loaded, as far
 * as is known; no store build was measured on a device yet.
 *
 * The image holds all of them or none, because a device finds all: none, and `isReadable` is false, where an executable
 * is encrypted in this file, where a device may take one of several slices, or where there are more sections than a
 * plan can number.
 *
 * @param executable path of the main executable
 * @throws AppImageError `MACHO_MALFORMED`, `IPA_LAYOUT` for too many executables
 */
export async function textImage(source: ByteSource, files: AppFiles, executable: string): Promise<TextImage> {
  const paths = [...files.keys()].filter((path) => path === executable || libraryName.test(path))
  if (paths.length > mostExecutables)
    throw new AppImageError('IPA_LAYOUT', 'the app has too many executables')
  const runs: SegmentRun[] = []
  for (const path of paths) {
    const run = await textOf(source, path, files.get(path) as ZipEntry)
    if (run === 'unreadable') return { isReadable: false, runs: [] }
    if (run !== undefined) runs.push(run)
  }
  const isReadable = runs.reduce((sum, { heads }) => sum + heads.length, 0) <= mostSections
  return { isReadable, runs: isReadable ? runs : [] }
}

/** Undefined for what no current device loads. */
async function textOf(
  source: ByteSource,
  path: string,
  entry: ZipEntry,
): Promise<SegmentRun | 'unreadable' | undefined> {
  refuseLink(entry)
  if (!isMachO(readFirstBytes(source, entry, 4))) return undefined
  const bytes: ExecutableBytes = {
    length: entry.length,
    stream: (take) => streamContent(source, entry, take),
  }
  const slices = await readForward(bytes, readSlices(bytes.length), () => undefined)
  const arm64 = slices.filter(({ arch }) => arch === 'arm64')
  const [slice] = arm64
  if (slice === undefined) return undefined
  if (slice.isEncrypted || arm64.length > 1) return 'unreadable'
  const sections = placesOf(slice, path)
  return {
    heads: sections.map(({ head }) => head),
    length: bytes.length,
    stream: (take) => streamSections(bytes, sections, take),
  }
}

interface Place {
  readonly head: SegmentHead
  /** Bytes from the start of the file. */
  readonly start: number
}

function placesOf(slice: Slice, path: string): Place[] {
  return textSections(slice.segments).map(({ name, offset, length }) => ({
    head: { name: `${path}.__TEXT.${name}`, kind: 'text', length },
    start: slice.offset + offset,
  }))
}

/** One pass over the file, since a compressed entry cannot be read by offset. @param places in the order of the file */
async function streamSections(
  bytes: ExecutableBytes,
  places: readonly Place[],
  take: (segment: SegmentHead, chunk: Buffer) => void,
): Promise<void> {
  let offset = 0
  let first = 0
  await bytes.stream((chunk) => {
    const chunkEnd = offset + chunk.length
    for (let at = first; at < places.length; at++) {
      const { head, start } = places[at] as Place
      if (start >= chunkEnd) break
      const end = start + head.length
      take(head, chunk.subarray(Math.max(start, offset) - offset, Math.min(end, chunkEnd) - offset))
      if (end <= chunkEnd) first = at + 1
    }
    offset = chunkEnd
  })
}
