import type { CodeImage } from '@assay/measurement'
import type { Coverage } from '@assay/protocol'
import { AssayClientError } from '../errors/error.ts'
import { memoryImage, type MemorySegment } from '../image/memory-image.ts'

/** Milliseconds to wait for the reason of a failure. */
const patience = 1000

export interface PageImageOptions {
  /**
   * Paths under `root` that the document does not show: its page, the scripts of workers, modules that are loaded
   * later. Default: what the bundler wrote into the page (`@assay/web-build`), otherwise `index.html`.
   */
  files?: readonly string[]
  /** URL of the folder that was registered as the build, with a trailing slash. Default: the root of the origin. */
  root?: string
}

export interface PageImagePlatform {
  document: Pick<
    Document,
    'querySelector' | 'querySelectorAll' | 'baseURI' | 'addEventListener' | 'removeEventListener'
  >
  fetch: typeof globalThis.fetch
}

/**
 * A code image of a web page: the scripts under `root` that the document loads (`<script src>`, and
 * `<link rel="modulepreload">` for what they import) and `files`. Segments are named by their paths under `root`, as a
 * registered web build names them, and together they must be all pages, scripts and WebAssembly modules of the build.
 * Scripts of other origins are not part of it: a content security policy keeps those out.
 *
 * The bytes come through the browser's HTTP cache: what the document shows as it was loaded, as long as the cache still
 * has it (`force-cache`), `files` as the server has them now (`no-cache`), because no reload of the page renews what
 * the cache has of those. It is what the server serves, and not what a debugger or an injected script has made of it
 * in memory. For the coverage `entry`, what the import map pins is left out: the engine holds it to the map, and the map
 * stands in the page that is measured. A service worker can answer in the server's place. `live` functions look at memory, as far as that goes.
 *
 * @throws Error when a file cannot be fetched; AssayClientError `page_refused` when the page's own content security
 * policy
 *   keeps it from fetching
 */
export async function pageImage(
  { files = ['index.html'], root = '/' }: PageImageOptions,
  { document, fetch }: PageImagePlatform,
  coverage?: Coverage,
  signal?: AbortSignal,
): Promise<CodeImage> {
  const folder = new URL('.', new URL(root, document.baseURI)).href
  const found = new Map<string, [url: string, init: RequestInit]>()
  // By name; a document, a list and an import map may write different URLs for it. Without `cache`: the file is left
  // out.
  const add = (file: string, cache?: RequestCache) => {
    const { origin, pathname } = new URL(file, folder)
    const url = origin + pathname
    if (!url.startsWith(folder)) return
    const name = decodeURIComponent(url.slice(folder.length))
    if (cache) found.set(name, [url, { cache, signal: signal as AbortSignal }])
    else found.delete(name)
  }
  for (const file of files) add(file, 'no-cache')
  // URLs as the document has resolved them.
  document
    .querySelectorAll<HTMLScriptElement & HTMLLinkElement>('script[src],link[rel=modulepreload]')
    .forEach(({ src, href }) => add(src ?? href, 'force-cache'))
  if (coverage === 'entry') {
    const map = document.querySelector('script[type=importmap]')?.textContent ?? '{}'
    for (const pinned in (JSON.parse(map) as { integrity?: object }).integrity)
      add(new URL(pinned, document.baseURI).href)
  }
  let note!: (event: SecurityPolicyViolationEvent) => void
  const isBlocked = new Promise((resolve) => {
    // A policy that only reports blocks nothing. Chromium and Firefox name the URL that was asked for, redirected or not.
    note = ({ blockedURI, disposition, effectiveDirective }) =>
      disposition === 'enforce' &&
      effectiveDirective === 'connect-src' &&
      [...found.values()].some(([url]) => url === blockedURI) &&
      resolve(true)
  })
  document.addEventListener('securitypolicyviolation', note)
  try {
    return { ...memoryImage(await Promise.all([...found].map(load))), isListed: true }
  } catch (cause) {
    // Firefox sends the event from another process: on a busy machine it arrives well after the failure that it
    // explains.
    const inTime = new Promise((resolve) => setTimeout(resolve, patience))
    throw (await Promise.race([isBlocked, inTime])) ? new AssayClientError('page_refused', { cause }) : cause
  } finally {
    document.removeEventListener('securitypolicyviolation', note)
  }

  async function load([name, request]: [string, [string, RequestInit]]): Promise<MemorySegment> {
    const response = await fetch(...request)
    if (!response.ok) throw new Error(`image: ${name} missing or wrong`)
    return {
      name,
      kind: 'script',
      bytes: new Uint8Array(await response.arrayBuffer()),
    }
  }
}
