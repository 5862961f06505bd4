import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { loadedModules, modulesIn } from './lazy-modules.ts'
import type { WrittenSegment } from './segments.ts'

/** What only a service worker does: listening to its events, or preparing a cache as Workbox does. */
const signs = [
  /\baddEventListener\s*\(\s*(["'`])(?:install|activate|fetch|push|notificationclick|(?:periodic)?sync)\1/,
  /\bon(?:install|activate|fetch|push|notificationclick)\s*=/,
  /\bskipWaiting\s*\(\s*\)/,
  /\bprecacheAndRoute\s*\(/,
] as const

/**
 * Names of the service workers of a folder and of what only they import: they are neither listed nor measured, because a
 * page cannot tell which version of its worker answers it. What a page or another script loads, too, is not among them.
 *
 * @param root URL under which the folder is served
 */
export async function serviceWorkersIn(
  folder: string,
  segments: readonly WrittenSegment[],
  root: string | undefined,
): Promise<ReadonlySet<string>> {
  const texts = new Map<string, string>()
  for (const { name, location, page } of segments)
    texts.set(name, page?.bare ?? (await readFile(location, 'utf8')))
  const scripts = segments.flatMap(({ name, page }) => (page === undefined && isScript(name) ? [name] : []))
  const suspects = scripts.filter((name) => signs.some((sign) => sign.test(texts.get(name) as string)))
  if (suspects.length === 0) return new Set()
  const { atStart, later } = await loadedModules(folder, root)
  const isLoaded = (name: string) => atStart.has(name) || later.has(name)
  const found = new Set(suspects.filter((name) => !isLoaded(name)))
  const isNamedElsewhere = (name: string) => {
    const stem = path.posix.basename(name).replace(/\.[cm]?js$/i, '')
    return [...texts].some(([other, text]) => !found.has(other) && other !== name && text.includes(stem))
  }
  // The set grows while it is walked.
  for (const worker of found)
    for (const name of importedBy(worker, texts.get(worker) as string, scripts))
      if (!isLoaded(name) && !isNamedElsewhere(name)) found.add(name)
  return found
}

const isScript = (name: string) => /\.[cm]?js$/i.test(name)

/** By `importScripts`, by the loader of Workbox (`define`, names without an ending), and as a module. */
function importedBy(worker: string, text: string, scripts: readonly string[]): string[] {
  const calls = [...text.matchAll(/\b(?:importScripts\s*\(|define\s*\(\s*\[)([^)\]]*)/g)]
  const literals = calls.flatMap(([, list = '']) =>
    [...list.matchAll(/(["'`])(.*?)\1/g)].map(([, , url = '']) => url),
  )
  const origin = 'https://build.invalid/'
  const at = new URL(encodeURI(worker), origin)
  return [...literals, ...modulesIn(text).flatMap(({ n }) => n ?? [])].flatMap((url) => {
    if (!URL.canParse(url, at.href)) return []
    const { href } = new URL(url, at)
    const name = href.startsWith(origin) ? decodeURI(href.slice(origin.length)) : ''
    return scripts.filter((script) => script === name || script === `${name}.js`)
  })
}
