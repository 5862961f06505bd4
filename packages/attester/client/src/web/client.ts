import { webCrypto } from '@assay/measurement/web-crypto'
import { mustHold, type PageBuild } from '@assay/protocol'
import { createClient, type AssayClient } from '../client/client.ts'
import { AssayClientError } from '../errors/error.ts'
import { givenOptions, type ClientOptions } from '../options/options.ts'
import { indexedDbStore } from './indexed-db-store.ts'
import { webKeyStore } from './key-store.ts'
import { readDeployedBuild, reloadOnce } from './outdated-page.ts'
import { hasPageBuild, readPageBuild, whenParsed } from './page-build.ts'
import { pageImage, type PageImageOptions } from './page-image.ts'
import { webSharedState } from './shared-state.ts'

/** The parts that a browser provides. */
type Platform = 'image' | 'crypto' | 'keyStore' | 'shared' | 'fetch' | 'clock' | 'random' | 'timers'

export interface WebClientOptions
  extends Omit<ClientOptions, Platform | 'build'>, Partial<Pick<ClientOptions, Platform>>, PageImageOptions {
  /**
   * Default: what the bundler wrote into the page, as for `files` and `root`; with a development secret `dev`, because
   * nothing is built. While the page is still being received, the first exchange waits for its end: a page that
   * then has no build rejects with the TypeError.
   */
  build?: string
  /**
   * What happens when a page that was denied, or whose files are gone, turns out to be from before a deploy (`page_outdated`). Default: the event `page-outdated`,
   * and nothing else. `reload`: the service worker is updated, a waiting one is asked to `skipWaiting`, and the page is
   * reloaded, once for each pair of builds and at most every ten minutes. What the user has typed is lost.
   */
  onOutdatedPage?: 'reload'
}

/**
 * A client for a web page, with the browser's own parts; each can be replaced. Key and tokens are kept in the IndexedDB
 * database `assay/APP` and shared by all tabs of the origin.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong, or if there is no Web Crypto
 *   because the page was not served over https, or if a page that a bundler gave a build gives a development secret
 */
export function createWebClient(options: WebClientOptions): AssayClient {
  const { onOutdatedPage, ...given } = givenOptions(options)
  const { subtle } = crypto as Partial<Crypto>
  mustHold(subtle, 'crypto (https only)')
  mustHold(globalThis.document, 'document (pages only)')
  let written: Partial<PageBuild> = {}
  const identify = () => {
    written = readPageBuild(document)
    const build = options.build ?? written.build ?? (given.developmentSecret ? 'dev' : undefined)
    mustHold(build, 'build')
    // A page that names its build is a release, which everybody can read.
    mustHold(!given.developmentSecret || !written.build, 'developmentSecret (not in a page with a build)')
    return build
  }
  /** A page that is still being received may have its block at the end of the stream. */
  const isLate = document.readyState === 'loading' && !hasPageBuild(document)
  const name = `assay/${options.app}`
  const store = indexedDbStore(name, indexedDB)
  let change = ''
  /** A page without a block does not know what it is. */
  const explain = async (failed: AssayClientError, signal: AbortSignal) => {
    const { build: writtenBuild, root = '/' } = written
    const deployed =
      writtenBuild && (await readDeployedBuild(new URL(root, document.baseURI).href, fetch, signal))
    if (!deployed || deployed === writtenBuild) return failed
    change = `${writtenBuild} ${deployed}`
    return new AssayClientError('page_outdated', { ...failed, cause: failed })
  }
  const client = createClient(
    {
      image: (coverage, signal) => pageImage({ ...written, ...given }, { document, fetch }, coverage, signal),
      crypto: webCrypto(subtle),
      keyStore: webKeyStore(store, subtle),
      shared: webSharedState(name, store, navigator.locks),
      fetch,
      clock: { monotonic: () => performance.now(), wall: () => Number(new Date()) },
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      timers: {
        set: (callback, milliseconds) => setTimeout(callback, milliseconds),
        clear: (handle) => clearTimeout(handle as number | undefined),
      },
      baseUrl: document.baseURI,
      ...given,
      build: isLate ? (options.build ?? 'late') : identify(),
    },
    { explain, identify: isLate ? async () => (await whenParsed(document), identify()) : undefined },
  )
  if (onOutdatedPage === 'reload')
    client.on('page-outdated', () => void reloadOnce(name, change).catch(() => undefined))
  // The network is back, or the page is shown again.
  const wake = () => document.hidden || client.wake()
  const closing = new AbortController()
  addEventListener('online', wake, closing)
  document.addEventListener('visibilitychange', wake, closing)
  return {
    ...client,
    close() {
      closing.abort()
      client.close()
    },
  }
}
