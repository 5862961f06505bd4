import { createHash } from 'node:crypto'
import { AppImageError } from '../app-image-error.ts'
import type { SegmentSource } from '../code-image.ts'
import { fileAt, importsOf, loadedBy, type Imports } from './module-graph.ts'
import { origin, readPage, type ImportMap, type Page } from './page.ts'

/**
 * The segments of the coverage `entry`: all but the modules that an import map in every page pins by their digests, and
 * that nothing loads at start. The pages are measured, and with them the map, so the engine lets no other bytes in.
 * What a map cannot pin (scripts of workers, WebAssembly, classic scripts) stays measured.
 *
 * A page `index.html` beside a copy of it under another name is measured by the copy alone: the copy is there after the
 * next deploy too.
 *
 * @throws AppImageError `WEB_IMPORT_MAP`, `WEB_NOT_PINNED`, `WEB_PIN_WRONG`, `WEB_PIN_NOT_LAZY`, each with the file
 */
export async function entrySegments(all: readonly SegmentSource[]): Promise<SegmentSource[]> {
  const content = new Map<string, Buffer>()
  for (const each of all) content.set(each.name, await contentOf(each))
  const files = new Set(content.keys())
  const pages = [...content]
    .filter(([name]) => isPage(name))
    .map(([name, bytes]) => readPage(name, bytes.toString('utf8')))
  const pinned = pinsOf(pages, content, files)
  checkPins(pages, pinned, content, files)
  const copied = copiedPages(content)
  return all.filter(({ name }) => !pinned.has(name) && !copied.has(name))
}

async function contentOf({ stream }: SegmentSource): Promise<Buffer> {
  const chunks: Buffer[] = []
  await stream((chunk) => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

function isPage(name: string): boolean {
  return /\.x?html?$/i.test(name)
}

type Contents = ReadonlyMap<string, Buffer>
type Files = ReadonlySet<string>

/** The files that each page with scripts pins: all pages the same ones. */
function pinsOf(pages: readonly Page[], content: Contents, files: Files): ReadonlySet<string> {
  const withScripts = pages.filter(({ loads, modules }) => loads.length + modules.length > 0)
  const [first = new Set<string>(), ...others] = withScripts.map((page) => {
    const pins = [...(page.importMap?.integrity ?? [])].map(([url, digest]) => {
      const file = fileAt(url, page.base, files)
      if (file === undefined || !isDigestOf(digest, content.get(file) as Buffer))
        throw refused('WEB_PIN_WRONG', file ?? page.name)
      return file
    })
    return new Set(pins)
  })
  for (const [i, pins] of others.entries()) {
    const isSame = pins.size === first.size && [...pins].every((file) => first.has(file))
    if (!isSame) throw refused('WEB_IMPORT_MAP', (withScripts[i + 1] as Page).name)
  }
  return first
}

/** One digest and nothing else: engines take what they cannot read for no digest at all. */
function isDigestOf(integrity: string, bytes: Buffer): boolean {
  const algorithm = /^(sha256|sha384|sha512)-/.exec(integrity)?.[1]
  if (algorithm === undefined) return false
  return integrity === `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
}

/** Pinned is what is loaded later and by modules of pages, all of it and nothing else. */
function checkPins(pages: readonly Page[], pinned: Files, content: Contents, files: Files): void {
  const maps = pages.find(({ importMap }) => importMap !== undefined)?.importMap
  const importsIn = (file: string, map: ImportMap | undefined): Imports =>
    importsOf((content.get(file) as Buffer).toString('utf8'), new URL(encodeURI(file), origin), map, files)
  const atStart = closure(
    pages.flatMap((page) => loadedBy(page, files)),
    (file) => importsIn(file, maps).statically,
  )
  const inModules = closure(
    [...atStart, ...pinned, ...pages.flatMap(({ modules, base }) => laterIn(modules, base, maps, files))],
    (file) => all(importsIn(file, maps)),
  )
  for (const file of inModules)
    if (!atStart.has(file) && !pinned.has(file)) throw refused('WEB_NOT_PINNED', file)
  // Workers have no import map: whatever they import must be measured.
  const workers = [...files].filter((file) => !isPage(file) && !inModules.has(file))
  const inWorkers = closure(workers, (file) => all(importsIn(file, undefined)))
  for (const file of pinned)
    if (atStart.has(file) || inWorkers.has(file)) throw refused('WEB_PIN_NOT_LAZY', file)
}

function laterIn(modules: readonly string[], base: URL, map: ImportMap | undefined, files: Files): string[] {
  return modules.flatMap((text) => [...importsOf(text, base, map, files).later])
}

function all({ statically, later }: Imports): string[] {
  return [...statically, ...later]
}

function closure(begin: readonly string[], next: (file: string) => readonly string[]): Set<string> {
  const found = new Set<string>()
  const waiting = [...begin]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue
    found.add(file)
    waiting.push(...next(file))
  }
  return found
}

/** Pages that a copy in the same folder, under a name of its own, stands for. */
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
  code: 'WEB_IMPORT_MAP' | 'WEB_NOT_PINNED' | 'WEB_PIN_WRONG' | 'WEB_PIN_NOT_LAZY',
  file: string,
) {
  return new AppImageError(code, undefined, { file })
}
