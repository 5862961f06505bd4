import { mustHold, type headerNames } from '@assay/protocol'
import { AssayClientError } from '../errors/error.ts'
import type { ClientConfig } from '../options/options.ts'
import type { Authorizer, SentHeaders } from './authorizer.ts'

type Fetch = typeof globalThis.fetch

/** What it needs of a client's configuration. */
type FetchConfig = Pick<
  ClientConfig,
  | 'fetch'
  | 'protectedUrls'
  | 'authorizationServers'
  | 'parseUrl'
  | 'baseUrl'
  | 'heedsRedirect'
  | 'withoutToken'
> & { readonly clock: Pick<ClientConfig['clock'], 'monotonic'> }

/**
 * `fetch` for protected and other URLs alike. Requests to protected ones carry token and proof and follow no
 * redirect, because the browser or engine would take both along to wherever it leads. The URL is sent as the caller
 * gave it, never as a parser rewrote it.
 */
export function createProtectedFetch(config: FetchConfig, authorizer: Authorizer): Fetch {
  /**
   * Milliseconds. An API that refuses everything, for instance because its base URL is misconfigured, must not cause an
   * exchange with every request.
   */
  const unmetFor = 60_000
  const {
    fetch,
    protectedUrls,
    authorizationServers,
    parseUrl,
    baseUrl,
    heedsRedirect,
    withoutToken,
    clock,
  } = config
  /** Audiences that refused a fresh token too, and until when no other is obtained for them. */
  const unmetUntil = new Map<string, number>()

  /** In place of token and proof, if the app wants that: why there are none. */
  function statusOf(error: unknown): SentHeaders {
    if (
      withoutToken === 'send' &&
      error instanceof AssayClientError &&
      !/^(closed|authorization_present)$/.test(error.code)
    ) {
      return { ['Assay-Status' satisfies (typeof headerNames)['status']]: error.code }
    }
    throw error
  }

  return async (input, init = {}) => {
    // Neither a string nor a `URL` has a member `url`.
    const request = (input as Partial<Request>).url ? (input as Request) : undefined
    const text = request?.url ?? `${input as string | URL}`
    const url = parseUrl(text, baseUrl)
    const audience = url && protectedUrls(url)
    if (!url || audience === undefined) return fetch(input, init)
    // The platform knows the defaults, and how `fetch` writes a method.
    const {
      method,
      headers: given,
      redirect = heedsRedirect ? (init.redirect ?? 'follow') : undefined,
    } = new Request(url.href, {
      method: init.method ?? request?.method,
      headers: init.headers ?? request?.headers,
      redirect: init.redirect ?? request?.redirect,
    } as RequestInit)
    // A platform without a redirect option follows redirects, whatever it was given.
    mustHold(redirect, 'fetch (must respect `redirect`)')
    const authorization = given.get('Authorization')
    const follows = redirect === 'follow'
    const tried: string[] = []
    let unwanted: string | undefined
    for (;;) {
      const added = await unlessAborted(init.signal ?? request?.signal, () =>
        authorizer.authorize(audience, url, { method, authorization }, unwanted).catch(statusOf),
      )
      const headers = new Headers(given)
      for (const name of Object.keys(added)) headers.set(name, added[name] as string)
      // A request's body can be read only once; the copy keeps it for a second attempt.
      const response = await fetch(request?.clone() ?? (isAbsolute(text) ? input : url.href), {
        ...init,
        headers,
        redirect: follows ? 'manual' : redirect,
      })
      authorizer.learn(url, response.headers)
      if (follows && isRedirect(response)) {
        discard(response)
        throw new AssayClientError('redirect_refused')
      }
      const access = added['Authorization']
      const token = added['OAuth-Client-Attestation'] ?? access?.split(' ')[1]
      const demand = token && (await demandOf(response, access, authorizationServers.includes(audience)))
      const wantsToken = demand === 'token'
      const isUnmet = wantsToken && clock.monotonic() < (unmetUntil.get(audience) ?? 0)
      if (!demand || isUnmet || isStream(init.body)) return response
      if (tried.includes(demand)) {
        if (wantsToken) unmetUntil.set(audience, clock.monotonic() + unmetFor)
        return response
      }
      tried.push(demand)
      unwanted = wantsToken ? token : undefined
      discard(response)
    }
  }
}

/** The exchange goes on without a caller that has given up, because others wait for it too. */
function unlessAborted<T>(signal: AbortSignal | null | undefined, work: () => Promise<T>): Promise<T> {
  if (!signal) return work()
  return new Promise((resolve, reject) => {
    // React Native's signals have no reason.
    const abort = () =>
      reject((signal.reason as Error | undefined) ?? Object.assign(new Error(), { name: 'AbortError' }))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    void work()
      .then(resolve, reject)
      .then(() => signal.removeEventListener('abort', abort))
  })
}

function isAbsolute(url: string): boolean {
  // Without slashes, the base decides what it means.
  return /^https?:\/\//i.test(url)
}

const demands: Readonly<Record<string, 'nonce' | 'token'>> = {
  use_dpop_nonce: 'nonce',
  use_attestation_challenge: 'nonce',
  use_fresh_attestation: 'token',
  invalid_client_attestation: 'token',
  invalid_dpop_proof: 'token',
}

/**
 * What an API or an authorization server that refuses a request asks for: a nonce, which came with the answer, or
 * another token. APIs say it with status 401 in `WWW-Authenticate` (RFC 9449 section 9), authorization
 * servers also with status 400 in JSON (RFC 9449 section 8, RFC 6749 section 5.2,
 * draft-ietf-oauth-attestation-based-client-auth-10 section 7). An API's own body may hold any text, somebody else's
 * among it, and must not send a request twice. `invalid_token` (RFC 6750 section 3.1) is about our token only where that is the one in `Authorization`.
 */
async function demandOf(
  response: Response,
  access: string | undefined,
  isAuthorizationServer: boolean,
): Promise<'nonce' | 'token' | undefined> {
  const { status, headers } = response
  // A field may hold challenges of several schemes, each with its own error.
  const errors: unknown[] = []
  if (status === 401) {
    for (const [, error] of (headers.get('WWW-Authenticate') ?? '').matchAll(/\berror="?(\w+)/g)) {
      errors.push(access && error === 'invalid_token' ? 'use_fresh_attestation' : error)
    }
  }
  if (isAuthorizationServer && status === 400 && /\bjson\b/.test(headers.get('Content-Type') ?? '')) {
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined)
    errors.push((Object(body) as { error?: unknown }).error)
  }
  return demands[errors.find((error) => Object.keys(demands).includes(error as string)) as string]
}

/** A browser hides the answer behind the type `opaqueredirect`. */
function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)
}

/** Frees the connection of an answer that nobody reads. */
function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined)
}

function isStream(body: unknown): boolean {
  const members = Object(body) as object
  return 'getReader' in members || Symbol.asyncIterator in members
}
