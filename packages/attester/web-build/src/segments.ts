import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { segmentKindByName } from '@assay/protocol'
import type { AssayBuildOptions } from './options.ts'
import { withoutBlock } from './page-block.ts'

/** A file of a folder, by its path from there with `/` between the parts. */
export interface FolderFile {
  name: string
  location: string
}

/** A file that a browser executes. */
export interface WrittenSegment extends FolderFile {
  /** Of a page: its text, and that without the block of an earlier run. */
  page: { before: string; bare: string } | undefined
}

/** In order of name. */
export async function filesIn(folder: string): Promise<FolderFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((location) => ({ location, name: path.relative(folder, location).split(path.sep).join('/') }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/**
 * The files that registration will treat as the segments of the folder, in order of name.
 *
 * @throws WebBuildError `WEB_BLOCK_TWICE` or `WEB_BLOCK_HIDDEN`
 */
export async function writtenSegments(folder: string): Promise<WrittenSegment[]> {
  const files = await filesIn(folder)
  const segments = files.filter(({ name }) => segmentKindByName('web', name) !== undefined)
  return Promise.all(
    segments.map(async (segment) => ({
      ...segment,
      page: isPage(segment.name) ? await readPageFile(segment) : undefined,
    })),
  )
}

async function readPageFile({ name, location }: FolderFile): Promise<{ before: string; bare: string }> {
  const before = await readFile(location, 'utf8')
  return { before, bare: withoutBlock(name, before) }
}

const isPage = (name: string) => /\.x?html?$/i.test(name)

/** First of what the derived name hashes. Another form of it gets another number: registered names stay what they are. */
const nameLabel = 'assay/web-build/2'

/**
 * A name for what is registered: 16 hexadecimal digits of SHA-256. The same files with another coverage or root are
 * another build, with another list in their pages.
 */
export async function derivedBuildId(
  segments: readonly WrittenSegment[],
  { coverage = 'image', root = '/' }: Pick<AssayBuildOptions, 'coverage' | 'root'>,
): Promise<string> {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([nameLabel, coverage, root]))
  for (const { name, location, page } of segments) {
    const content = createHash('sha256')
      .update(page?.bare ?? (await readFile(location)))
      .digest('hex')
    hash.update(JSON.stringify([name, content]))
  }
  return hash.digest('hex').slice(0, 16)
}
