import { stat } from 'node:fs/promises'
import { codeSegmentHead, scriptKind, segmentKindByName } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import type { BuildReport, ReadBuildOptions } from '../report/build-report.ts'
import { readCodeImage } from '../report/code-image.ts'
import type { SegmentSource } from '../report/code-image.ts'
import { readArchive } from '../zip/archive.ts'
import { openByteSource } from '../zip/byte-source.ts'
import type { ByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { entrySegments } from './entry-coverage.ts'
import { folderFiles } from './folder-files.ts'

/**
 * Reads the folder of a web build, or a ZIP of one. Segments are the files that a browser executes: scripts, WebAssembly
 * and pages. Style sheets, images and data are not part of the code image. Their names are paths from the folder with
 * `/` between the parts. For the coverage `entry` they are those of {@link entrySegments}.
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

async function report(all: readonly SegmentSource[], options: ReadBuildOptions): Promise<BuildReport> {
  if (all.length === 0) throw new AppImageError('WEB_NO_SCRIPT')
  const segments = options.coverage === 'entry' ? await entrySegments(all) : all
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
    codeSignature: [],
    sealed: false,
    framework: 'web',
    splits: null,
    ...image,
    warnings: [],
  }
}

function zipSegments(source: ByteSource): SegmentSource[] {
  const archive = readArchive(source)
  refuseUnusualMethods(archive)
  return [...archive.entries.values()]
    .filter(({ name }) => segmentKindByName('web', name) !== undefined)
    .map((entry) => ({
      name: entry.name,
      kind: scriptKind(readFirstBytes(source, entry, codeSegmentHead)),
      length: entry.length,
      stream: (take) => streamContent(source, entry, take),
    }))
}

async function folderSegments(folder: string): Promise<SegmentSource[]> {
  const files = await folderFiles(folder)
  return files
    .filter(({ name }) => segmentKindByName('web', name) !== undefined)
    .map(({ name, length, firstBytes, stream }) => ({
      name,
      kind: scriptKind(firstBytes(codeSegmentHead)),
      length,
      stream,
    }))
}
