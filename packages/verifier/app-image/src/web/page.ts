import { parse, type DefaultTreeAdapterMap } from 'parse5'
import { AppImageError } from '../app-image-error.ts'

/** What a page says about the scripts that it loads; URLs as they are written there. */
export interface Page {
  /** Path from the root of the build. */
  readonly name: string
  /** Against which its URLs are read. */
  readonly base: URL
  /** Scripts and modules that it loads at start. */
  readonly loads: readonly string[]
  /** Texts of the modules that stand in the page itself. */
  readonly modules: readonly string[]
  readonly importMap: ImportMap | undefined
}

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
  const modules: string[] = []
  let base = new URL(encodeURI(name), origin)
  let importMap: ImportMap | undefined
  let areModulesBegun = false
  let isBased = false
  for (const element of elementsOf(parse(html))) {
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
      loads.push(attribute.get('href') ?? '')
      areModulesBegun = true
    }
    if (tagName !== 'script') continue
    if (type === 'importmap') {
      // Engines take the first one, and none that comes after a module.
      if (importMap !== undefined || areModulesBegun || src !== undefined)
        throw new AppImageError('WEB_IMPORT_MAP', undefined, { file: name })
      importMap = readImportMap(name, textOf(element), base)
    } else {
      if (type === 'module') areModulesBegun = true
      if (src !== undefined) loads.push(src)
      else if (type === 'module') modules.push(textOf(element))
    }
  }
  return { name, base, loads, modules, importMap }
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

/** Scopes and prefixes are refused: what they would lead to, another import could be led away from. */
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
  // Engines pass over what is no URL, and a name is none.
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

/** Whether a specifier is read as a URL, and not as a name. */
export function isUrl(specifier: string): boolean {
  return /^\.{0,2}\/|^[\w+.-]+:/.test(specifier)
}

export function resolved(url: string, base: URL): URL | undefined {
  return URL.canParse(url, base.href) ? new URL(url, base.href) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
