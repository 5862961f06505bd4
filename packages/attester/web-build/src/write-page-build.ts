import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pageBuildFile, urlOfFile, type PageBuild } from '@assay/protocol'
import type { AssayBuildOptions } from './options.ts'
import { withBlock } from './page-block.ts'
import type { StampedPage } from './page-hashes.ts'
import { derivedBuildId, writtenSegments, type WrittenSegment } from './segments.ts'
import { serviceWorkersIn } from './service-workers.ts'
import { WebBuildError } from './web-build-error.ts'

type PageOptions = Pick<AssayBuildOptions, 'build' | 'root' | 'coverage'>

/** What is to be written into a folder. */
export interface PlannedPageBuild {
  build: PageBuild
  pages: readonly (StampedPage & { location: string; copy: string | undefined })[]
  /** Locations of copies that an earlier run has made. */
  outdated: readonly string[]
}

/**
 * Writes the name of the build and its files into each page of `folder`, and into `assay-build.json`. With the coverage
 * `entry` each `index.html` gets a copy with the build in its name, which is listed in its place: open tabs still find
 * it after the next deploy. Service workers are in no list (see {@link serviceWorkersIn}): only `assay-build.json` names
 * them.
 *
 * @param options `root` as in the options; a relative one (`./`) is relative to the folder
 * @param lazy names of the modules that an import map pins
 * @throws WebBuildError `WEB_NO_SCRIPT` for a folder without anything that a browser executes; `WEB_BLOCK_TWICE`,
 *   `WEB_BLOCK_HIDDEN`
 */
export async function writePageBuild(
  folder: string,
  options: PageOptions,
  lazy: readonly string[] = [],
): Promise<PageBuild> {
  const planned = await planPageBuild(folder, options, lazy)
  await writePlanned(folder, planned)
  return planned.build
}

/** The same, without writing anything. */
export async function planPageBuild(
  folder: string,
  options: PageOptions,
  lazy: readonly string[],
): Promise<PlannedPageBuild> {
  const found = await writtenSegments(folder)
  const earlier = await copiesOfEarlierRun(folder, found)
  const present = found.filter(({ name }) => !earlier.has(name))
  const workers = await serviceWorkersIn(folder, present, options.root)
  const segments = present.filter(({ name }) => !workers.has(name))
  if (segments.length === 0) throw new WebBuildError('WEB_NO_SCRIPT', `${folder} holds no script and no page`)
  const build = options.build ?? (await derivedBuildId(segments, options))
  const copyOf = (name: string) => (options.coverage === 'entry' ? nameOfCopy(name, build) : undefined)
  const files = segments.map(({ name }) => relativeUrlOf(copyOf(name) ?? name))
  const written = { build, files }
  const digests = await digestsOf(folder, lazy)
  const pages = segments.flatMap(({ name, location, page }) => {
    if (page === undefined) return []
    const root = rootOf(name, options.root)
    const urls = [...digests].map(([url, digest]): [string, string] => [`${root.root ?? '/'}${url}`, digest])
    const integrity = urls.length > 0 ? Object.fromEntries(urls) : undefined
    const after = withBlock(name, page.bare, { ...written, ...root }, integrity)
    return { name, location, ...page, after, copy: copyOf(name) }
  })
  const outdated = found.filter(({ name }) => earlier.has(name)).map(({ location }) => location)
  const leftOut = workers.size > 0 ? { serviceWorkers: [...workers].toSorted().map(relativeUrlOf) } : {}
  return { build: { ...written, ...rootOf('', options.root), ...leftOut }, pages, outdated }
}

export async function writePlanned(
  folder: string,
  { build, pages, outdated }: PlannedPageBuild,
): Promise<void> {
  for (const location of outdated) await rm(location)
  for (const { location, after, copy } of pages) {
    await writeFile(location, after)
    if (copy !== undefined) await writeFile(path.join(folder, copy), after)
  }
  await writeFile(path.join(folder, pageBuildFile), JSON.stringify(build))
}

/** The service accepts no copy of other pages. */
function nameOfCopy(page: string, build: string): string | undefined {
  return /^(?:.*\/)?index\.html$/.test(page) ? page.replace(/html$/, `${build}.html`) : undefined
}

/** Names of copies, under the name of the build that the folder held before, of pages that are there. */
async function copiesOfEarlierRun(
  folder: string,
  segments: readonly WrittenSegment[],
): Promise<ReadonlySet<string>> {
  const build = await earlierBuild(folder)
  if (build === undefined) return new Set()
  const bare = new Map(segments.map(({ name, page }) => [name, page?.bare]))
  const copies = segments.flatMap(({ name, page }) => {
    const copy = nameOfCopy(name, build)
    return copy !== undefined && bare.get(copy) === page?.bare ? [copy] : []
  })
  return new Set(copies)
}

async function earlierBuild(folder: string): Promise<string | undefined> {
  try {
    const { build } = JSON.parse(await readFile(path.join(folder, pageBuildFile), 'utf8')) as {
      build?: unknown
    }
    return typeof build === 'string' ? build : undefined
  } catch {
    // There is none, or somebody else's: it is written anew.
    return undefined
  }
}

/** A colon in its first part would make it a URL with another scheme. */
function relativeUrlOf(name: string): string {
  return urlOfFile(name).replace(/^[^/]+/, (first) => first.replaceAll(':', '%3A'))
}

/** By URL relative to the folder, as engines request them, in the form of subresource integrity. */
async function digestsOf(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (const name of names) {
    const bytes = await readFile(path.join(folder, name))
    digests.set(urlOfFile(name), `sha384-${createHash('sha384').update(bytes).digest('base64')}`)
  }
  return digests
}

/** A relative root leads from the page to the folder. */
function rootOf(page: string, root: string | undefined): Pick<PageBuild, 'root'> {
  if (root === undefined || root === '/') return {}
  if (root !== './') return { root }
  return { root: '../'.repeat(page.split('/').length - 1) || './' }
}
