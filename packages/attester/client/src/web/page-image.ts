import type { CodeImage } from '@assay/measurement'
import { memoryImage, type MemorySegment } from '../image/memory-image.ts'

export interface PageImageOptions {
  /**
   * URLs of scripts that the page does not show: those of workers, and modules that are loaded later. Relative ones are
   * read against the document.
   */
  scripts?: readonly string[]
  /** URL of the folder that was registered as the build. Default: the root of the page's origin. */
  root?: string
}

export interface PageImagePlatform {
  document: Pick<Document, 'querySelectorAll' | 'baseURI'>
  fetch: typeof globalThis.fetch
}

/**
 * A code image of the page's scripts: those under `root` that the document loads (`<script src>`, and
 * `<link rel="modulepreload">` for what they import) and those in `scripts`. Segments are named by their paths under
 * `root`, as a registered web build names them, and together they have to be all scripts of the build. Scripts of other
 * origins and inline scripts are no part of it: a content security policy keeps those out.
 *
 * The bytes come through the browser's HTTP cache (`force-cache`), so they are those that the page was loaded with, as
 * long as the cache still has them: what the server serves, and not what a debugger or an injected script has made of
 * it in memory. A service worker can answer in the server's place. `live` functions look at memory, as far as that goes.
 *
 * @throws Error when a script cannot be fetched or there is none
 */
export async function pageImage(options: PageImageOptions, platform: PageImagePlatform): Promise<CodeImage> {
  const { document, fetch } = platform
  const root = new URL(options.root ?? '/', document.baseURI)
  const folder = root.pathname.replace(/[^/]*$/, '')
  const urls = new Map<string, string>()
  for (const text of [...shown(document), ...(options.scripts ?? [])]) {
    const url = new URL(text, document.baseURI)
    if (url.origin !== root.origin || !url.pathname.startsWith(folder)) continue
    urls.set(decodeURIComponent(url.pathname.slice(folder.length)), url.href)
  }
  return memoryImage(await Promise.all([...urls].map(([name, url]) => load(name, url, fetch))))
}

function shown(document: PageImagePlatform['document']): string[] {
  const elements = document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>(
    'script[src],link[rel=modulepreload]',
  )
  return Array.from(elements, (element) => ('src' in element ? element.src : element.href))
}

async function load(name: string, url: string, fetch: typeof globalThis.fetch): Promise<MemorySegment> {
  const response = await fetch(url, { cache: 'force-cache', credentials: 'same-origin' })
  if (!response.ok) throw new Error('a script of the page could not be fetched')
  return { name, kind: 'script', bytes: new Uint8Array(await response.arrayBuffer()) }
}
