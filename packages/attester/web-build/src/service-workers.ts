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

/** How webpack, Turbopack and SystemJS write chunks, which scripts load under names that stand in no text. */
const chunk = /\|\|\s*\[\]\s*\)\.push\(\s*\[\s*\[|\bTURBOPACK\b|\bSystem\.register\s*\(/

/**
 * Names of the service workers of a folder and of what only they import: they are neither listed nor measured, because a
 * page cannot tell which version of its worker answers it. What a page or another script loads, too, is not among them, nor are
 * chunks of webpack, Turbopack and SystemJS, and workers of pages, whatever events they listen to.
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
  const suspects = scripts.filter((name) => looksLikeWorker(texts.get(name) as string))
  if (suspects.length === 0) return new Set()
  const { atStart, later } = await loadedModules(folder, root)
  const opened = [...texts.values()].flatMap(openedWorkers)
  const isLoaded = (name: string) =>
    atStart.has(name) ||
    later.has(name) ||
    opened.some((call) => call.includes(encodeURI(path.posix.basename(name))))
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

function looksLikeWorker(text: string): boolean {
  return signs.some((sign) => sign.test(text)) && !chunk.test(text)
}

/** Characters. What is longer is the text of a worker, not its URL. */
const longestCall = 1000

/** What stands between the parentheses of each `new Worker(…)` and `new SharedWorker(…)`. */
function openedWorkers(text: string): string[] {
  return [...text.matchAll(/\bnew\s+(?:[\w$]+\.)*(?:Shared)?Worker\s*\(/g)].map(
    ({ 0: { length }, index }) => {
      const begin = index + length
      let end = begin
      for (let depth = 1; end < Math.min(text.length, begin + longestCall) && depth > 0; end++)
        depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0
      return text.slice(begin, end)
    },
  )
}

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
