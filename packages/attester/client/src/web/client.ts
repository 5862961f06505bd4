import { webCrypto } from '@assay/measurement/web-crypto'
import { invalidArgument } from '@assay/protocol'
import { createAssayClient, type AssayClient } from '../client.ts'
import type { AssayClientOptions } from '../options.ts'
import { indexedDbStore } from './indexed-db-store.ts'
import { webKeyStore } from './key-store.ts'
import { pageImage, type PageImageOptions } from './page-image.ts'
import { webSharedState } from './shared-state.ts'

/** What a browser has built in. */
type Platform = 'image' | 'crypto' | 'keyStore' | 'shared' | 'fetch' | 'clock' | 'random' | 'timers'

export interface WebClientOptions
  extends Omit<AssayClientOptions, Platform>, Partial<Pick<AssayClientOptions, Platform>>, PageImageOptions {}

/**
 * A client for a web page, with the browser's own parts; each can be replaced. Key and tokens are kept in the IndexedDB
 * database `assay/APP` and shared by all tabs of the origin.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong, or where there is no Web
 *   Crypto because the page was not served over https
 */
export function createWebClient(options: WebClientOptions): AssayClient {
  const { crypto, document, indexedDB, navigator, performance } = globalThis
  if (!crypto?.subtle) throw invalidArgument('there is no Web Crypto: serve the page over https')
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)
  const name = `assay/${options.app}`
  const store = indexedDbStore(name, indexedDB)
  const client = createAssayClient({
    image: () => pageImage(options, { document, fetch }),
    crypto: webCrypto(crypto.subtle),
    keyStore: webKeyStore(store, crypto.subtle),
    shared: webSharedState(name, store, navigator.locks),
    fetch,
    clock: { monotonic: () => performance.now(), wall: () => new Date().getTime() },
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    timers: {
      set: (callback, milliseconds) => setTimeout(callback, milliseconds),
      clear: (handle) => clearTimeout(handle as number | undefined),
    },
    baseUrl: document.baseURI,
    ...options,
  })
  return wakenBy(client)
}

/** Wakes the client when the network is back or the page is shown again. */
function wakenBy(client: AssayClient): AssayClient {
  const closing = new AbortController()
  const wake = () => {
    if (!document.hidden) client.wake()
  }
  globalThis.addEventListener('online', wake, closing)
  document.addEventListener('visibilitychange', wake, closing)
  return {
    ...client,
    close() {
      closing.abort()
      client.close()
    },
  }
}
