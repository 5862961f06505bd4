import { initSync, parse } from 'es-module-lexer'
import { isUrl, origin, resolved, type ImportMap, type Page } from './page.ts'

/** What a script imports from the build, by paths from its root. */
export interface Imports {
  /** With the script itself. */
  readonly statically: readonly string[]
  /** When it runs. Only those whose specifier is written out can be told. */
  readonly later: readonly string[]
}

initSync()

/** Against which names that no map has are read: they lead nowhere. */
const nowhere = new URL('https://nowhere.invalid/')

/**
 * @param base URL of the script
 * @param importMap that holds where it runs; undefined: none, as in workers
 */
export function importsOf(
  text: string,
  base: URL,
  importMap: ImportMap | undefined,
  files: ReadonlySet<string>,
): Imports {
  const statically: string[] = []
  const later: string[] = []
  for (const { n: specifier, d: dynamic } of lexed(text)) {
    const file = specifier === undefined ? undefined : fileOf(specifier, base, importMap, files)
    if (file !== undefined) (dynamic === -1 ? statically : later).push(file)
  }
  return { statically, later }
}

/** No engine runs as a module what is none. */
function lexed(text: string): ReturnType<typeof parse>[0] {
  try {
    return parse(text)[0]
  } catch {
    return []
  }
}

function fileOf(
  specifier: string,
  base: URL,
  importMap: ImportMap | undefined,
  files: ReadonlySet<string>,
): string | undefined {
  const url = isUrl(specifier) ? resolved(specifier, base)?.href : specifier
  if (url === undefined) return undefined
  return fileAt(importMap?.imports.get(url) ?? url, isUrl(specifier) ? base : nowhere, files)
}

/**
 * The file of the build that a URL is of. Nobody says here under which path a site has the build: of a path from the root
 * of the origin, its longest end counts that a file has.
 */
export function fileAt(url: string, base: URL, files: ReadonlySet<string>): string | undefined {
  const parsed = resolved(url, base)
  if (parsed === undefined || !parsed.href.startsWith(origin)) return undefined
  const parts = decoded(parsed.pathname).split('/')
  while (parts.length > 1) {
    parts.shift()
    const file = parts.join('/')
    if (files.has(file)) return file
  }
  return undefined
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** What a page loads at start, from the build. */
export function loadedBy({ loads, base, modules, importMap }: Page, files: ReadonlySet<string>): string[] {
  return [
    ...loads.flatMap((url) => fileAt(url, base, files) ?? []),
    ...modules.flatMap((text) => importsOf(text, base, importMap, files).statically),
  ]
}
