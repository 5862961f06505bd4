import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppImageError } from '../app-image-error.ts'
import type { BuildReport, ReadBuildOptions } from '../build-report.ts'
import { hermesMagicLength, isScript, readCodeImage, scriptKind } from '../code-image.ts'
import type { SegmentSource } from '../code-image.ts'
import { readArchive } from '../zip/archive.ts'
import { openByteSource } from '../zip/byte-source.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'

const mostFiles = 65_535
const chunkLength = 256 * 1024

/**
 * Reads the folder of a web build, or a ZIP of one. Segments are the files that a browser executes: scripts, WebAssembly
 * and pages. Style sheets, images and data are not part of the code image. Their names are paths from the folder with
 * `/` between the parts.
 */
export async function readWebBuild(location: string, options: ReadBuildOptions): Promise<BuildReport> {
  const isFolder = (await stat(location)).isDirectory()
  if (isFolder) return report(await folderSegments(location), options)
  const source = openByteSource(location)
  try {
    return await report(zipSegments(source), options)
  } finally {
    source.close()
  }
}

async function report(segments: readonly SegmentSource[], options: ReadBuildOptions): Promise<BuildReport> {
  if (segments.length === 0) throw new AppImageError('WEB_NO_SCRIPT', 'the build holds no script and no page')
  const image = await readCodeImage(segments, options.keep)
  return {
    format: 'web',
    package: '',
    versionName: null,
    versionCode: 0,
    minSdk: null,
    targetSdk: null,
    debuggable: false,
    testOnly: false,
    signers: [],
    schemes: [],
    framework: 'web',
    ...image,
    warnings: [],
  }
}

function zipSegments(source: ByteSource): SegmentSource[] {
  const archive = readArchive(source)
  refuseUnusualMethods(archive)
  return [...archive.entries.values()]
    .filter(({ name }) => isScript(name))
    .map((entry) => ({
      name: entry.name,
      kind: scriptKind(readFirstBytes(source, entry, hermesMagicLength)),
      length: entry.length,
      stream: (take) => streamContent(source, entry, take),
    }))
}

/** Symbolic links are not followed: what they point to is not part of the build. */
async function folderSegments(folder: string): Promise<SegmentSource[]> {
  const listing = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = listing.filter((each) => each.isFile())
  if (files.length > mostFiles)
    throw new AppImageError('WEB_TOO_MANY_FILES', 'the folder holds too many files')
  const segments: SegmentSource[] = []
  for (const file of files) {
    const location = path.join(file.parentPath, file.name)
    const name = path.relative(folder, location).split(path.sep).join('/')
    if (isScript(name)) segments.push(await fileSegment(name, location))
  }
  return segments
}

async function fileSegment(name: string, location: string): Promise<SegmentSource> {
  const { size } = await stat(location)
  const open = (): ByteSource => openByteSource(location)
  return {
    name,
    kind: scriptKind(withSource(open(), (source) => source.read(0, Math.min(size, hermesMagicLength)))),
    length: size,
    stream: async (take) => withSource(open(), (source) => readAll(source, size, take)),
  }
}

function readAll(source: ByteSource, length: number, take: (chunk: Buffer) => void): void {
  if (source.length !== length) throw new Error('a file changed while the build was read')
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkLength, length))
  for (let at = 0; at < length; at += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, length - at))
    source.fill(chunk, at)
    take(chunk)
  }
}

function withSource<T>(source: ByteSource, use: (source: ByteSource) => T): T {
  try {
    return use(source)
  } finally {
    source.close()
  }
}
