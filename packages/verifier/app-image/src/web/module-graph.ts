import { initSync, parse } from 'es-module-lexer'
import { isUrl, origin, resolved, type ImportMap, type InlineScript, type Page } from './page.ts'

/** What a script imports from the build, by URLs as the engine requests them. */
export interface Imports {
  /** With the script itself. */
  readonly statically: readonly string[]
  /** What it imports when it runs. Only literal specifiers can be determined. */
  readonly later: readonly string[]
}

initSync()

/** An import whose specifier is written out. */
interface Specifier {
  readonly text: string
  readonly isLater: boolean
}

/** No engine runs anything else as a module. */
export function specifiersIn(script: string): Specifier[] {
  try {
    return parse(script)[0].flatMap(({ n: text, d: dynamic }) =>
      text === undefined ? [] : { text, isLater: dynamic !== -1 },
    )
  } catch {
    return []
  }
}

/**
 * @param base URL of the script
 * @param importMap that holds where it runs; undefined: none, as in workers
 */
export function importsOf(
  specifiers: readonly Specifier[],
  base: URL,
  importMap: ImportMap | undefined,
  files: ReadonlySet<string>,
): Imports {
  const statically: string[] = []
  const later: string[] = []
  for (const { text, isLater } of specifiers) {
    const url = requestedBy(text, base, importMap)
    if (url !== undefined && fileAt(url, files) !== undefined) (isLater ? later : statically).push(url)
  }
  return { statically, later }
}

/** A name that no map contains leads nowhere. */
function requestedBy(specifier: string, base: URL, importMap: ImportMap | undefined): string | undefined {
  const url = isUrl(specifier) ? resolved(specifier, base)?.href : undefined
  return importMap?.imports.get(url ?? specifier) ?? url
}

/**
 * The file of the build that servers have at a URL, however the URL writes its name. Of a page that does not say under
 * which path a site has the build, the longest end of the path counts that a file has.
 */
export function fileAt(url: string, files: ReadonlySet<string>): string | undefined {
  if (!url.startsWith(origin)) return undefined
  const parts = decoded(new URL(url).pathname).split('/')
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
export function loadedBy({ loads, scripts, importMap }: Page, files: ReadonlySet<string>): string[] {
  const modules = scripts.filter(({ isModule }) => isModule)
  return [
    ...loads.filter((url) => fileAt(url, files) !== undefined),
    ...importsIn(modules, importMap, files).flatMap(({ statically }) => statically),
  ]
}

/** What the scripts that stand in a page load when they run, from the build. */
export function laterLoadedBy({ scripts, importMap }: Page, files: ReadonlySet<string>): string[] {
  return importsIn(scripts, importMap, files).flatMap(({ later }) => later)
}

function importsIn(
  scripts: readonly InlineScript[],
  importMap: ImportMap | undefined,
  files: ReadonlySet<string>,
): Imports[] {
  return scripts.map(({ text, base }) => importsOf(specifiersIn(text), base, importMap, files))
}
