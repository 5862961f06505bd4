import { parse, type DefaultTreeAdapterMap } from 'parse5'
import { pageBuildId, urlOfFile } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'

/** What a page says about the scripts that it loads; URLs as the engine requests them. */
export interface Page {
  /** Path from the root of the build. */
  readonly name: string
  /** Scripts and modules that it loads at start. */
  readonly loads: readonly string[]
  readonly scripts: readonly InlineScript[]
  readonly importMap: ImportMap | undefined
  /** Documents in `srcdoc`: to them the map of the page does not apply. */
  readonly within: readonly Page[]
}

/** A script that stands in the page itself, in an element, a handler or a URL. */
export interface InlineScript {
  readonly text: string
  /** Whether it is a module: other scripts import only when they run. */
  readonly isModule: boolean
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

/** Documents in documents that are followed; beyond it a page is refused. */
const deepest = 8

/**
 * Whatever an engine might run counts, wherever it stands: classic scripts, handlers and `javascript:` URLs import as
 * modules do, and what a template holds runs when it is cloned.
 *
 * @throws AppImageError `WEB_IMPORT_MAP` for an import map that engines may ignore, or that nobody here can follow
 */
export function readPage(name: string, html: string): Page {
  const document = parse(html)
  return readDocument(name, document, urlAt(name, folderUrl([...elementsOf(document)])), 0)
}

function readDocument(name: string, document: Node, location: URL, depth: number): Page {
  const loads: string[] = []
  const scripts: InlineScript[] = []
  const within: Page[] = []
  let base = location
  const load = (url: string) => {
    const href = resolved(url, base)?.href
    if (href !== undefined) loads.push(href)
  }
  const refused = () => new AppImageError('WEB_IMPORT_MAP', undefined, { file: name })
  let importMap: ImportMap | undefined
  let areModulesBegun = false
  let isBased = false
  for (const { element, isInTemplate } of elementsIn(document)) {
    const { tagName } = element
    const attribute = attributesOf(element)
    const src = attribute.get('src')
    const type = attribute.get('type')?.toLowerCase() ?? ''
    // The first one counts.
    if (tagName === 'base' && !isBased && !isInTemplate && attribute.has('href')) {
      base = resolved(attribute.get('href') as string, base) ?? base
      isBased = true
    }
    for (const text of scriptsIn(attribute)) scripts.push({ text, isModule: false, base })
    const srcdoc = attribute.get('srcdoc')
    if (srcdoc !== undefined) {
      if (depth === deepest) throw refused()
      within.push(readDocument(name, parse(srcdoc), base, depth + 1))
    }
    if (tagName === 'link' && hasToken(attribute.get('rel'), 'modulepreload')) {
      load(attribute.get('href') ?? '')
      areModulesBegun = true
    }
    if (tagName !== 'script' || isData(type)) continue
    if (type.trim() === 'importmap') {
      // Engines use the first one, none that comes after a module, and none with spaces in its type.
      const isUsed = type === 'importmap' && !isInTemplate && isHtml(element)
      if (!isUsed || importMap !== undefined || areModulesBegun || src !== undefined) throw refused()
      importMap = readImportMap(name, textOf(element), base)
      continue
    }
    const isModule = type === 'module'
    if (isModule) areModulesBegun = true
    // A script of SVG has its URL in another attribute, beside which one of HTML runs its text.
    for (const url of [src, attribute.get('href'), attribute.get('xlink:href')])
      if (url !== undefined) load(url)
    if (src === undefined) scripts.push({ text: textOf(element), isModule, base })
  }
  return { name, loads, scripts, importMap, within }
}

/** Whether an engine runs anything of a page. */
export function hasCode({ loads, scripts }: Page): boolean {
  return loads.length + scripts.length > 0
}

/** Any other type makes a script a data block. */
function isData(type: string): boolean {
  return type !== '' && !/^\s*(?:module|importmap|\S+\/\S*(?:java|ecma|live|j)script\S*)\s*$/.test(type)
}

/** Of an element's handlers, and of URLs that are scripts: engines pass over spaces and control characters in them. */
function scriptsIn(attributes: ReadonlyMap<string, string>): string[] {
  return [...attributes].flatMap(([name, value]) => {
    if (name.startsWith('on')) return value
    // As the URL standard strips them (4.4).
    const url = value.replace(/[\t\n\r]/g, '').replace(/^[\0-\x20]+/, '')
    return /^javascript:/i.test(url) ? decodedScript(url.slice('javascript:'.length)) : []
  })
}

function decodedScript(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isHtml({ namespaceURI }: Element): boolean {
  return String(namespaceURI) === 'http://www.w3.org/1999/xhtml'
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

/** In the order of the document, without what templates hold. */
function* elementsOf(node: Node): Generator<Element> {
  for (const { element, isInTemplate } of elementsIn(node)) if (!isInTemplate) yield element
}

interface PlacedElement {
  readonly element: Element
  readonly isInTemplate: boolean
}

/** In the order of the document. */
function* elementsIn(document: Node): Generator<PlacedElement> {
  const waiting: { node: Node; isInTemplate: boolean }[] = [{ node: document, isInTemplate: false }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, isInTemplate } = next
    if ('tagName' in node) yield { element: node, isInTemplate }
    const children = 'childNodes' in node ? node.childNodes : []
    waiting.push(...children.toReversed().map((child) => ({ node: child, isInTemplate })))
    if ('content' in node) waiting.push({ node: node.content, isInTemplate: true })
  }
}

function attributesOf({ attrs }: Element): ReadonlyMap<string, string> {
  return new Map(
    attrs.map(({ name, prefix, value }) => [
      prefix === undefined || prefix === '' ? name : `${prefix}:${name}`,
      value,
    ]),
  )
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
