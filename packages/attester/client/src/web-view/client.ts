import { mustHold } from '@assay/protocol'
import { AssayClientError } from '../errors/error.ts'
import { allowInsecureRequests } from '../options/options.ts'
import type { ProofHeaders, ProofRequest } from '../request/authorizer.ts'
import { createProtectedFetch } from '../request/protected-fetch.ts'
import { readProtectedUrls } from '../url/protected-urls.ts'
import { standardUrl } from '../url/url.ts'
import { createAppPort } from './app-port.ts'

export interface WebViewClientOptions {
  /** Base URL to audience, as in the app's configuration: for other URLs the app gives nothing. */
  audiences: Readonly<Record<string, string>>
  /** Those of the audiences that are OAuth authorization servers: as in `ClientOptions`. */
  authorizationServers?: readonly string[]
  /** Default: that of the page. It must respect `redirect`. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds to wait for the app, until it has given this page a port too. Default: 30,000. */
  timeout?: number
  /** @deprecated See {@link allowInsecureRequests}. */
  [allowInsecureRequests]?: boolean
}

/** The page's half of the bridge to the app around it. */
export interface WebViewClient {
  /**
   * `fetch`, with token and proof by the app if the URL is protected: otherwise as `fetch` of `AssayClient`.
   *
   * @throws AssayClientError with the code of the app's SDK, and `timeout` if the app does not answer; what `fetch` throws
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * Token and proof for one request of another HTTP client. Each request needs its own.
   *
   * @throws AssayClientError; TypeError (`ERR_INVALID_ARG_VALUE`) for a URL that is not that of a protected API
   */
  proof(request: Omit<ProofRequest, 'nonce'>): Promise<ProofHeaders>
  /** Ends it; each call that waits fails with `closed`. */
  close(): void
}

/**
 * A client in a page that an app shows in its web view. The key stays in the app, and so does everything that is measured: the page
 * itself is not. The app must have registered the page's origin (`WebViewBridge`); anywhere else nothing answers.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong
 */
export function createWebViewClient(options: WebViewClientOptions): WebViewClient {
  const { audiences, authorizationServers = [], fetch = globalThis.fetch, timeout = 30_000 } = options
  mustHold(Object.keys(Object(audiences) as object).length, 'audiences')
  mustHold(timeout > 0 && timeout < 2 ** 31, 'timeout')
  const protectedUrls = readProtectedUrls(standardUrl, audiences, options[allowInsecureRequests] === true)
  const baseUrl = document.baseURI
  const app = createAppPort(globalThis, timeout)
  let hasClosed = false
  const mustBeOpen = () => {
    if (hasClosed) throw new AssayClientError('closed')
  }
  const config = {
    // Called without an object before it.
    fetch: ((input, init) => fetch(input, init)) as typeof globalThis.fetch,
    protectedUrls,
    authorizationServers,
    parseUrl: standardUrl,
    baseUrl,
    clock: { monotonic: () => performance.now() },
  }
  return {
    fetch: createProtectedFetch(config, {
      async authorize(_audience, { href }, { method, authorization }, unwanted) {
        mustBeOpen()
        return app.ask({ method, url: href, authorization, unwanted })
      },
      learn({ href }, headers) {
        const nonce = headers.get('DPoP-Nonce') ?? headers.get('OAuth-Client-Attestation-Challenge')
        if (nonce) app.learn(href, nonce)
      },
    }),
    async proof({ method, url, authorization }) {
      mustBeOpen()
      const { href } = standardUrl(`${url}`, baseUrl) ?? {}
      mustHold(href, 'url')
      return app.ask({ method, url: href, authorization })
    },
    close() {
      hasClosed = true
      app.close()
    },
  }
}
