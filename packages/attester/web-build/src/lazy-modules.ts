import { readFile } from 'node:fs/promises'
import { urlOfFile } from '@assay/protocol'
import { init, parse } from 'es-module-lexer'
import { readScripts } from './page-scripts.ts'
import { filesIn } from './segments.ts'

/** What a script imports, by URL. */
interface Imports {
  statically: string[]
  later: string[]
}

const origin = 'https://build.invalid'

/**
 * Names of the modules of a folder that no page loads at its start, and that its pages load later: by what is written out
 * in the files. Registration examines the same more strictly.
 *
 * @param root URL under which the folder is served; a relative one is the folder itself
 */
export async function lazyModules(folder: string, root?: string): Promise<string[]> {
  return [...(await loadedModules(folder, root)).later].toSorted()
}

/** What pages of a folder load, at their start and later, by names. */
export async function loadedModules(
  folder: string,
  root = '/',
): Promise<Record<'atStart' | 'later', ReadonlySet<string>>> {
  await init
  const files = await filesIn(folder)
  const locations = new Map(files.map(({ name, location }) => [name, location]))
  const site = root.startsWith('/') ? `${origin}${root}` : `${origin}/`
  const nameAt = (url: string) => {
    const name = url.startsWith(site) ? decoded(url.slice(site.length)) : undefined
    return name !== undefined && locations.has(name) ? name : undefined
  }
  const names = (urls: readonly string[]) => urls.flatMap((url) => nameAt(url) ?? [])
  const atStart: string[] = []
  const later: string[] = []
  for (const { name, location } of files.filter((file) => /\.x?html?$/i.test(file.name))) {
    const page = readScripts(await readFile(location, 'utf8'), `${site}${urlOfFile(name)}`)
    const inside = page.inline.map(({ text, base, isModule }) => ({ ...importsOf(text, base), isModule }))
    atStart.push(
      ...names([...page.loads, ...inside.flatMap((each) => (each.isModule ? each.statically : []))]),
    )
    later.push(...names(inside.flatMap((each) => each.later)))
  }
  const known = new Map<string, Imports>()
  const importsIn = async (name: string): Promise<Imports> => {
    const text = await readFile(locations.get(name) as string, 'utf8')
    const found = known.get(name) ?? importsOf(text, `${site}${urlOfFile(name)}`)
    known.set(name, found)
    return found
  }
  const early = await closure(atStart, async (name) => names((await importsIn(name)).statically))
  const all = await closure([...early, ...later], async (name) => {
    const { statically, later: dynamically } = await importsIn(name)
    return names([...statically, ...dynamically])
  })
  return { atStart: early, later: new Set([...all].filter((name) => !early.has(name))) }
}

/** Only literal specifiers can be determined. */
function importsOf(script: string, base: string): Imports {
  const found: Imports = { statically: [], later: [] }
  for (const { n: specifier, d: dynamic } of modulesIn(script)) {
    if (specifier === undefined || !/^\.{0,2}\/|^[\w+.-]+:/.test(specifier)) continue
    if (URL.canParse(specifier, base))
      (dynamic === -1 ? found.statically : found.later).push(new URL(specifier, base).href)
  }
  return found
}

/** The imports of a script. Call it after {@link loadedModules}, which loads the parser. */
export function modulesIn(script: string) {
  try {
    return parse(script)[0]
  } catch {
    // No engine runs it as a module.
    return []
  }
}

async function closure(
  begin: readonly string[],
  next: (name: string) => Promise<readonly string[]>,
): Promise<Set<string>> {
  const found = new Set<string>()
  const waiting = [...begin]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...(await next(name)))
  }
  return found
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
