import { pageBuildFile } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import type { SegmentSource } from '../report/code-image.ts'
import { fileAt, importsOf, laterLoadedBy, loadedBy, specifiersIn } from './module-graph.ts'
import type { OtherFile } from './other-documents.ts'
import { readPage, urlAt, origin, type Page } from './page.ts'

/** Bytes. No list of the files of a build is longer. */
const longestList = 4 << 20

/**
 * Names of the service workers of a build, and of what only they import, as the bundler lists them in `assay-build.json`.
 * They are not measured: a page cannot tell which version of its worker answers it, and the first page after a deploy has
 * the worker from before.
 *
 * @throws AppImageError `WEB_BUILD_FILE` for a list that cannot be relied on, `WEB_WORKER_LOADED` with the file for one
 *   that a page loads, too
 */
export async function serviceWorkersOf(
  all: readonly SegmentSource[],
  others: readonly OtherFile[],
): Promise<ReadonlySet<string>> {
  const listed = await readList(others.find(({ name }) => name === pageBuildFile))
  if (listed.size === 0) return listed
  const names = new Set(all.map(({ name }) => name))
  if ([...listed].some((name) => !names.has(name) || isPage(name))) throw refusedList()
  const loaded = await loadedByPages(all, names)
  for (const name of listed)
    if (loaded.has(name)) throw new AppImageError('WEB_WORKER_LOADED', undefined, { file: name })
  return listed
}

async function readList(file: OtherFile | undefined): Promise<ReadonlySet<string>> {
  if (file === undefined) return new Set()
  if (file.length > longestList) throw refusedList()
  let listed: unknown
  try {
    listed = (JSON.parse((await contentOf(file)).toString('utf8')) as { serviceWorkers?: unknown } | null)
      ?.serviceWorkers
    if (listed === undefined) return new Set()
    if (Array.isArray(listed)) return new Set(listed.map((url) => decodeURIComponent(textOf(url))))
  } catch {
    // Reported below.
  }
  throw refusedList()
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no URL')
  return value
}

/** What pages load at their start and later, by what is written out in pages and modules. */
async function loadedByPages(
  all: readonly SegmentSource[],
  names: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const content = new Map<string, string>()
  for (const each of all) content.set(each.name, (await contentOf(each)).toString('utf8'))
  const pages = [...content]
    .filter(([name]) => isPage(name))
    .flatMap(([name, text]) => withInner(readPage(name, text.replace(importMaps, ''))))
  const root = new URL(origin)
  const found = new Set<string>()
  const waiting = pages
    .flatMap((page) => [...loadedBy(page, names), ...laterLoadedBy(page, names)])
    .map((url) => fileAt(url, names) as string)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const text = content.get(name) as string
    const { statically, later } = importsOf(specifiersIn(text), urlAt(name, root), undefined, names)
    waiting.push(...[...statically, ...later].map((url) => fileAt(url, names) as string))
  }
  return found
}

/** They name no service worker, and not every one can be followed. */
const importMaps = /<script\b[^>]*\btype\s*=\s*["']?importmap\b[\s\S]*?<\/script\s*>/gi

function withInner(page: Page): Page[] {
  return [page, ...page.within.flatMap(withInner)]
}

async function contentOf({ stream }: Pick<SegmentSource, 'stream'>): Promise<Buffer> {
  const chunks: Buffer[] = []
  await stream((chunk) => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

function isPage(name: string): boolean {
  return /\.x?html?$/i.test(name)
}

function refusedList(): AppImageError {
  return new AppImageError('WEB_BUILD_FILE', undefined, { file: pageBuildFile })
}
