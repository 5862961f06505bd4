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
import type { OtherFile } from './other-documents.ts'
import { serviceWorkersOf } from './service-workers.ts'

/**
 * Reads the folder of a web build, or a ZIP of one. Segments are the files that a browser executes: scripts, WebAssembly
 * and pages. Style sheets, images and data are not part of the code image. Their names are paths from the folder with
 * `/` between the parts. Service workers that the bundler lists are left out (see {@link serviceWorkersOf}), but not those of an update over the
 * air, which is measured by the app. For the coverage `entry` they are those of {@link entrySegments}.
 */
export async function readWebBuild(location: string, options: ReadBuildOptions): Promise<BuildReport> {
  const isFolder = (await stat(location)).isDirectory()
  if (isFolder) return report(await folderContent(location), options)
  const source = openByteSource(location)
  try {
    return await report(zipContent(source), options)
  } finally {
    source.close()
  }
}

/** The files of a build. */
interface Content {
  readonly segments: readonly SegmentSource[]
  readonly others: readonly OtherFile[]
}

async function report({ segments: all, others }: Content, options: ReadBuildOptions): Promise<BuildReport> {
  if (all.length === 0) throw new AppImageError('WEB_NO_SCRIPT')
  const workers = options.isUpdate === true ? undefined : await serviceWorkersOf(all, others)
  const own = all.filter(({ name }) => workers?.has(name) !== true)
  const segments = options.coverage === 'entry' ? await entrySegments(own, others) : own
  const image = await readCodeImage(segments, options.keep)
  if (options.inspect !== undefined) {
    const leftOut = all.filter((segment) => !segments.includes(segment))
    await readCodeImage(leftOut, options.inspect)
  }
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
    warnings: workers === undefined || workers.size === 0 ? [] : ['service_worker_not_measured'],
  }
}

function zipContent(source: ByteSource): Content {
  const archive = readArchive(source)
  refuseUnusualMethods(archive)
  const files = [...archive.entries.values()].map((entry): OtherFile => ({
    name: entry.name,
    length: entry.length,
    firstBytes: (length) => readFirstBytes(source, entry, length),
    stream: (take) => streamContent(source, entry, take),
  }))
  return contentOf(files.filter(({ name }) => !name.endsWith('/')))
}

async function folderContent(folder: string): Promise<Content> {
  return contentOf(await folderFiles(folder))
}

function contentOf(files: readonly OtherFile[]): Content {
  const isSegment = ({ name }: OtherFile) => segmentKindByName('web', name) !== undefined
  return {
    segments: files.filter(isSegment).map(({ name, length, firstBytes, stream }) => ({
      name,
      kind: scriptKind(firstBytes(codeSegmentHead)),
      length,
      stream,
    })),
    others: files.filter((file) => !isSegment(file)),
  }
}
