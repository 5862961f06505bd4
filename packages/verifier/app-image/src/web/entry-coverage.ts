import { createHash } from 'node:crypto'
import { AppImageError } from '../errors/app-image-error.ts'
import type { SegmentSource } from '../report/code-image.ts'
import { holdsSdk } from './lazy-sdk.ts'
import { isXhtml, refuseOtherCode, type OtherFile } from './other-documents.ts'
import { fileAt, importsOf, laterLoadedBy, loadedBy, specifiersIn, type Imports } from './module-graph.ts'
import { hasCode, origin, readPage, urlAt, type ImportMap, type Page } from './page.ts'

/**
 * The segments of the coverage `entry`: all but the modules that an import map in every page pins by their digests, and
 * that nothing loads at start. The pages are measured, and with them the map, so the engine lets no other bytes in.
 * What a map cannot pin (scripts of workers, WebAssembly, classic scripts) stays measured.
 *
 * A page `index.html` next to a copy of it under another name is measured only by the copy, which still exists after
 * the next deploy.
 *
 * The SDK must not be among what is left out: the service would find none in the build, and ask it for nothing.
 *
 * @param others files of the build that are no segments
 * @throws AppImageError `WEB_IMPORT_MAP`, `WEB_NOT_PINNED`, `WEB_PIN_WRONG`, `WEB_PIN_NOT_LAZY`, `WEB_SDK_LAZY`,
 * `WEB_DOCUMENT_CODE`, each with the file
 */
export async function entrySegments(
  all: readonly SegmentSource[],
  others: readonly OtherFile[],
): Promise<SegmentSource[]> {
  const content = new Map<string, Buffer>()
  for (const each of all) content.set(each.name, await contentOf(each))
  const files = new Set(content.keys())
  const pages = [...content]
    .filter(([name]) => isPage(name))
    .flatMap(([name, bytes]) => withInner(readPage(name, bytes.toString('utf8'))))
  const groups = byImportMap(pages.filter(hasCode))
  const pinned = pinsOf(groups, content, files)
  checkPins(groups, pinned, content, files)
  const lazySdk = [...pinned].find((file) => holdsSdk(content.get(file) as Buffer))
  if (lazySdk !== undefined) throw refused('WEB_SDK_LAZY', lazySdk)
  if (pinned.size > 0)
    await refuseOtherCode(
      others,
      [...content].filter(([name]) => isXhtml(name)),
    )
  const copied = copiedPages(content)
  return all.filter(({ name }) => !pinned.has(name) && !copied.has(name))
}

/** Whatever is a document by itself needs the map itself. */
function withInner(page: Page): Page[] {
  return [page, ...page.within.flatMap(withInner)]
}

async function contentOf({ stream }: SegmentSource): Promise<Buffer> {
  const chunks: Buffer[] = []
  await stream((chunk) => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

function isPage(name: string): boolean {
  return /\.x?html?$/i.test(name)
}

/** By how many URLs pages may request one file. Relative imports that lead ever deeper would make more and more. */
const mostUrls = 16

const root = new URL(origin)

type Contents = ReadonlyMap<string, Buffer>
type Files = ReadonlySet<string>

/** Pages whose import maps are the same: one module loads the same for all of them. */
interface Alike {
  readonly pages: readonly [Page, ...Page[]]
  readonly importMap: ImportMap | undefined
}

function byImportMap(pages: readonly Page[]): Alike[] {
  const found = new Map<string, { pages: [Page, ...Page[]]; importMap: ImportMap | undefined }>()
  for (const page of pages) {
    const { importMap } = page
    const key =
      importMap === undefined ? '' : JSON.stringify([[...importMap.imports], [...importMap.integrity]])
    const alike = found.get(key)
    if (alike === undefined) found.set(key, { pages: [page], importMap })
    else alike.pages.push(page)
  }
  return [...found.values()]
}

/** The files that each page with scripts pins: all pages the same ones. */
function pinsOf(groups: readonly Alike[], content: Contents, files: Files): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = groups.map(({ importMap, pages: [page] }) => {
    const pins = [...(importMap?.integrity ?? [])].map(([url, digest]) => {
      const file = fileAt(url, files)
      if (file === undefined || !isDigestOf(digest, content.get(file) as Buffer))
        throw refused('WEB_PIN_WRONG', file ?? page.name)
      return file
    })
    return new Set(pins)
  })
  for (const [i, pins] of others.entries()) {
    const isSame = pins.size === first.size && [...pins].every((file) => first.has(file))
    if (!isSame) throw refused('WEB_IMPORT_MAP', (groups[i + 1] as Alike).pages[0].name)
  }
  return first
}

/** Exactly one digest: engines treat what they cannot read as no digest at all. */
function isDigestOf(integrity: string, bytes: Buffer): boolean {
  const algorithm = /^(sha256|sha384|sha512)-/.exec(integrity)?.[1]
  if (algorithm === undefined) return false
  return integrity === `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
}

/**
 * The pins must cover exactly what modules of pages load later, under each URL by which it is requested: engines
 * compare URLs as text, and servers have one file at many URLs.
 */
function checkPins(groups: readonly Alike[], pinned: Files, content: Contents, files: Files): void {
  const fileOf = (url: string) => fileAt(url, files) as string
  const specifiers = remembered((file) => specifiersIn((content.get(file) as Buffer).toString('utf8')))
  const importsAt = (url: string, map: ImportMap | undefined) =>
    importsOf(specifiers(fileOf(url)), new URL(url), map, files)
  const loaded = groups.map((alike) => loadedIn(alike, importsAt, files))
  const atStart = new Set(loaded.flatMap((each) => [...each.atStart].map(fileOf)))
  const inModules = new Set(loaded.flatMap((each) => [...each.requested, ...each.pins].map(fileOf)))
  for (const file of inModules)
    if (!atStart.has(file) && !pinned.has(file)) throw refused('WEB_NOT_PINNED', file)
  // Workers have no import map: whatever they import must be measured.
  const workers = [...files].filter((file) => !isPage(file) && !inModules.has(file))
  const inWorkers = closure(workers, (file) =>
    all(importsOf(specifiers(file), urlAt(file, root), undefined, files)).map(fileOf),
  )
  for (const file of pinned)
    if (atStart.has(file) || inWorkers.has(file)) throw refused('WEB_PIN_NOT_LAZY', file)
  for (const { requested, pins } of loaded) {
    const missed = [...requested].find((url) => pinned.has(fileOf(url)) && !pins.has(url))
    if (missed !== undefined) throw refused('WEB_PIN_WRONG', fileOf(missed))
    // A file that no literal specifier names must be pinned as bundlers write its name.
    const isKnown = new Set(
      [...requested, ...[...pins].filter((url) => isPlain(url, fileOf(url)))].map(fileOf),
    )
    for (const file of pinned) if (!isKnown.has(file)) throw refused('WEB_PIN_WRONG', file)
  }
}

/** What modules load where an import map holds, by URLs. */
interface Loaded {
  readonly atStart: ReadonlySet<string>
  /** Everything that a page or a module of the build requests, including at start. */
  readonly requested: ReadonlySet<string>
  readonly pins: ReadonlySet<string>
}

function loadedIn(
  { pages, importMap }: Alike,
  importsAt: (url: string, map: ImportMap | undefined) => Imports,
  files: Files,
): Loaded {
  const counts = new Map<string, number>()
  const importsIn = remembered((url) => {
    const file = fileAt(url, files) as string
    const count = (counts.get(file) ?? 0) + 1
    if (count > mostUrls) throw refused('WEB_PIN_WRONG', file)
    counts.set(file, count)
    return importsAt(url, importMap)
  })
  const pins = new Set(importMap?.integrity.keys())
  const atStart = closure(
    pages.flatMap((page) => loadedBy(page, files)),
    (url) => importsIn(url).statically,
  )
  const later = pages.flatMap((page) => laterLoadedBy(page, files))
  const found = closure([...atStart, ...later, ...pins], (url) => all(importsIn(url)))
  const requested = new Set([...atStart, ...later, ...[...found].flatMap((url) => all(importsIn(url)))])
  return { atStart, requested, pins }
}

/** Whether a URL is of a file as bundlers write its name. */
function isPlain(url: string, file: string): boolean {
  return url.endsWith(urlAt(file, root).pathname)
}

function remembered<Found>(find: (key: string) => Found): (key: string) => Found {
  const known = new Map<string, Found>()
  return (key) => {
    const found = known.get(key) ?? find(key)
    known.set(key, found)
    return found
  }
}

function all({ statically, later }: Imports): string[] {
  return [...statically, ...later]
}

function closure(begin: readonly string[], next: (each: string) => readonly string[]): Set<string> {
  const found = new Set<string>()
  const waiting = [...begin]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (found.has(each)) continue
    found.add(each)
    waiting.push(...next(each))
  }
  return found
}

/** Pages that a copy in the same folder, under another name, replaces. */
function copiedPages(content: Contents): ReadonlySet<string> {
  const isCopied = ([name, bytes]: [string, Buffer]) => {
    const folder = name.slice(0, name.lastIndexOf('/') + 1)
    if (name !== `${folder}index.html`) return false
    return [...content].some(
      ([other, others]) =>
        other !== name &&
        isPage(other) &&
        other.slice(0, other.lastIndexOf('/') + 1) === folder &&
        others.equals(bytes),
    )
  }
  return new Set([...content].filter(isCopied).map(([name]) => name))
}

function refused(
  code: 'WEB_IMPORT_MAP' | 'WEB_NOT_PINNED' | 'WEB_PIN_WRONG' | 'WEB_PIN_NOT_LAZY' | 'WEB_SDK_LAZY',
  file: string,
) {
  return new AppImageError(code, undefined, { file })
}
