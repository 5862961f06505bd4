import { AssayClientError } from '../error.ts'
import type { ClientConfig } from '../options.ts'
import type { Authorizer } from './authorizer.ts'

type Fetch = typeof globalThis.fetch

/**
 * `fetch` for protected and other URLs alike. Requests to protected ones carry token and proof and follow no
 * redirect, because the browser or engine would take both along to wherever it leads.
 */
export function createProtectedFetch(config: ClientConfig, authorizer: Authorizer): Fetch {
  /**
   * Milliseconds. An API that refuses whatever it is sent, because its base URL is set wrong for instance, must not cause
   * an exchange with every request.
   */
  const vainFor = 60_000
  const { fetch, protectedUrls, baseUrl, clock } = config
  /** Audiences that refused a fresh token too, and until when no other is obtained at their wish. */
  const vainUntil = new Map<string, number>()

  return async (input, init = {}) => {
    // Neither text nor a `URL` has a member `url`.
    const request = (input as Partial<Request>).url ? (input as Request) : undefined
    const url = new URL(request?.url ?? (input as string | URL), baseUrl)
    const audience = protectedUrls(url)
    if (audience === undefined) return fetch(input, init)
    // The platform knows the defaults, and how `fetch` writes a method; some know of no redirects.
    const {
      method,
      headers,
      redirect = 'follow',
    } = new Request(url, {
      method: init.method ?? request?.method,
      headers: init.headers ?? request?.headers,
      redirect: init.redirect ?? request?.redirect,
    } as RequestInit)
    const authorization = headers.get('Authorization')
    const follows = redirect === 'follow'
    const tried: string[] = []
    let unwanted: string | undefined
    for (;;) {
      const added = await authorizer.authorize(audience, url, { method, url, authorization }, unwanted)
      for (const [name, value] of Object.entries(added)) headers.set(name, value as string)
      // A request's body can be read once; the copy leaves it for a second attempt.
      const response = await fetch(request?.clone() ?? url.href, {
        ...init,
        headers,
        redirect: follows ? 'manual' : redirect,
      })
      authorizer.learn(url, response.headers)
      if (follows && isRedirect(response)) {
        discard(response)
        throw new AssayClientError('redirect_refused')
      }
      const wish = wishOf(response)
      const wantsToken = wish === 'token'
      const isVain = wantsToken && clock.monotonic() < (vainUntil.get(audience) ?? 0)
      if (!wish || isVain || isStream(init.body)) return response
      if (tried.includes(wish)) {
        if (wantsToken) vainUntil.set(audience, clock.monotonic() + vainFor)
        return response
      }
      tried.push(wish)
      unwanted = wantsToken ? added['OAuth-Client-Attestation'] : undefined
      discard(response)
    }
  }
}

/**
 * What an API that refuses a request says it wants to see (RFC 9449 section 9, draft-ietf-oauth-attestation-based-
 * client-auth-10 section 7): a nonce, which has come with the answer, or another token.
 */
function wishOf({ status, headers }: Response): 'nonce' | 'token' | undefined {
  /** Those that want a nonce are captured. */
  const errors =
    /\berror="?(use_(dpop_nonce|attestation_challenge)|use_fresh_attestation|invalid_(client_attestation|dpop_proof))\b/
  const error = status === 401 && errors.exec(headers.get('WWW-Authenticate') ?? '')
  if (!error) return undefined
  return error[2] ? 'nonce' : 'token'
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
