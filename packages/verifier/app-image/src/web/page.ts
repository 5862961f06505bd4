import { parse, type DefaultTreeAdapterMap } from 'parse5'
import { pageBuildId, urlOfFile } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'

/** What a page says about the scripts that it loads; URLs as the engine requests them. */
export interface Page {
  /** Path from the root of the build. */
  readonly name: string
  /** Scripts and modules that it loads at start. */
  readonly loads: readonly string[]
  readonly modules: readonly InlineModule[]
  readonly importMap: ImportMap | undefined
}

/** A module that stands in the page itself. */
export interface InlineModule {
  readonly text: string
  /** Against which its specifiers are read. */
  readonly base: URL
}

/** URLs as the engine requests them. */
export interface ImportMap {
  /** Bare specifier, or URL, to URL. */
  readonly imports: ReadonlyMap<string, string>
  /** URL to the digest that the engine holds what it loads from there to. */
  readonly integrity: ReadonlyMap<string, string>
}

/** The origin of a build, which is nowhere: what lies under another one is not part of it. */
export const origin = 'https://build.invalid/'

/** @throws AppImageError `WEB_IMPORT_MAP` for an import map that engines may ignore, or that nobody here can follow */
export function readPage(name: string, html: string): Page {
  const loads: string[] = []
  const modules: InlineModule[] = []
  const elements = [...elementsOf(parse(html))]
  let base = urlAt(name, folderUrl(elements))
  const load = (url: string) => {
    const href = resolved(url, base)?.href
    if (href !== undefined) loads.push(href)
  }
  let importMap: ImportMap | undefined
  let areModulesBegun = false
  let isBased = false
  for (const element of elements) {
    const { tagName } = element
    const attribute = attributesOf(element)
    const src = attribute.get('src')
    const type = attribute.get('type')?.trim().toLowerCase()
    // The first one counts.
    if (tagName === 'base' && !isBased && attribute.has('href')) {
      base = resolved(attribute.get('href') as string, base) ?? base
      isBased = true
    }
    if (tagName === 'link' && hasToken(attribute.get('rel'), 'modulepreload')) {
      load(attribute.get('href') ?? '')
      areModulesBegun = true
    }
    if (tagName !== 'script') continue
    if (type === 'importmap') {
      // Engines use the first one, and none that comes after a module.
      if (importMap !== undefined || areModulesBegun || src !== undefined)
        throw new AppImageError('WEB_IMPORT_MAP', undefined, { file: name })
      importMap = readImportMap(name, textOf(element), base)
    } else {
      if (type === 'module') areModulesBegun = true
      if (src !== undefined) load(src)
      else if (type === 'module') modules.push({ text: textOf(element), base })
    }
  }
  return { name, loads, modules, importMap }
}

/**
 * Where the page says that its folder is served, as bundlers write it; the SDK finds nothing elsewhere. Without it, the
 * root of an origin is assumed.
 */
function folderUrl(elements: readonly Element[]): URL {
  const written = new URL(origin)
  const block = elements.find(
    (element) => element.tagName === 'script' && attributesOf(element).get('id') === pageBuildId,
  )
  try {
    const { root } = JSON.parse(block === undefined ? '{}' : textOf(block)) as { root?: unknown }
    // A relative one leads from the page to the right place anyway.
    const url = typeof root === 'string' && root.startsWith('/') ? resolved(root, written) : undefined
    return url?.href.startsWith(origin) ? url : written
  } catch {
    return written
  }
}

type Element = DefaultTreeAdapterMap['element']
type Node = DefaultTreeAdapterMap['node']

/** In the order of the document. */
function* elementsOf(node: Node): Generator<Element> {
  const waiting: Node[] = [node]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('tagName' in next) yield next
    if ('childNodes' in next) waiting.push(...next.childNodes.toReversed())
  }
}

function attributesOf({ attrs }: Element): ReadonlyMap<string, string> {
  return new Map(attrs.map(({ name, value }) => [name, value]))
}

function textOf({ childNodes }: Element): string {
  return childNodes.map((child) => ('value' in child ? child.value : '')).join('')
}

function hasToken(list: string | undefined, token: string): boolean {
  return (list ?? '').toLowerCase().split(/\s+/).includes(token)
}

/** Scopes and prefixes are refused: they could redirect other imports. */
function readImportMap(file: string, text: string, base: URL): ImportMap {
  const refused = () => new AppImageError('WEB_IMPORT_MAP', undefined, { file })
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw refused()
  }
  if (!isObject(read)) throw refused()
  const { imports = {}, integrity = {}, ...others } = read
  const tables = [imports, integrity].map((table) => {
    if (!isObject(table)) throw refused()
    const entries = Object.entries(table)
    const isPlain = entries.every(([key, value]) => typeof value === 'string' && !key.endsWith('/'))
    if (!isPlain) throw refused()
    return entries as [string, string][]
  }) as [[string, string][], [string, string][]]
  if (Object.keys(others).length > 0) throw refused()
  // Engines skip what is not a URL, and a name is not one.
  const urlOf = (url: string) => {
    const href = isUrl(url) ? resolved(url, base)?.href : undefined
    if (href === undefined) throw refused()
    return href
  }
  return {
    imports: new Map(tables[0].map(([key, url]) => [isUrl(key) ? urlOf(key) : key, urlOf(url)])),
    integrity: new Map(tables[1].map(([url, digest]) => [urlOf(url), digest])),
  }
}

/** @param folder where the build is */
export function urlAt(name: string, folder: URL): URL {
  return resolved(folder.href + urlOfFile(name), folder) as URL
}

/** Whether a specifier is read as a URL, and not as a name. */
export function isUrl(specifier: string): boolean {
  return /^\.{0,2}\/|^[\w+.-]+:/.test(specifier)
}

/** As the engine writes it. Some escape `^` in paths and some do not: in neither is `^` what somebody wrote as `%5E`. */
export function resolved(url: string, base: URL): URL | undefined {
  const plain = url.replaceAll('^', '%5e')
  return URL.canParse(plain, base.href) ? new URL(plain, base.href) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
