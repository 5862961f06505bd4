import { headerNames } from '@assay/protocol'
import { AssayClientError } from '../error.ts'
import { readUrl, type Authorizer } from './authorizer.ts'

type Fetch = typeof globalThis.fetch

/** Methods that `fetch` writes in upper case however they are given; others are sent as they are. */
const normalized = /^(delete|get|head|options|post|put)$/i

/** What an API may ask for besides a nonce; another token answers all of them. */
const wantsAnotherToken = ['use_fresh_attestation', 'invalid_client_attestation', 'invalid_dpop_proof']

/**
 * `fetch` for protected and other URLs alike. Requests to protected ones carry token and proof and follow no
 * redirect, because the browser or engine would take both along to wherever it leads.
 */
export function createProtectedFetch(
  fetch: Fetch,
  authorizer: Authorizer,
  baseUrl: string | undefined,
): Fetch {
  return async (input, init) => {
    const request = isRequest(input) ? input : undefined
    const url = readUrl(request?.url ?? (input as string | URL), baseUrl)
    const audience = authorizer.audienceOf(url)
    if (audience === undefined) return fetch(input, init)
    return sendProtected(url, audience, input, init)
  }

  async function sendProtected(
    url: URL,
    audience: string,
    input: Parameters<Fetch>[0],
    init: RequestInit | undefined,
  ): Promise<Response> {
    const request = isRequest(input) ? input : undefined
    const given = init?.method ?? request?.method ?? 'GET'
    const method = normalized.test(given) ? given.toUpperCase() : given
    const headers = new Headers(init?.headers ?? request?.headers)
    const redirect = init?.redirect ?? request?.redirect ?? 'follow'
    const authorization = headers.get('Authorization')
    const tried = new Set<string>()
    let unwanted: string | undefined
    for (;;) {
      const added = await authorizer.authorize(audience, { method, url, authorization }, unwanted)
      for (const [name, value] of Object.entries(added)) headers.set(name, value as string)
      headers.delete(headerNames.attestationPop)
      // A request's body can be read once; its copy is for a second attempt.
      const target = request?.body ? request.clone() : input
      const response = await fetch(target, {
        ...init,
        headers,
        redirect: redirect === 'error' ? 'error' : 'manual',
      })
      authorizer.learn(url, response.headers)
      if (redirect === 'follow' && isRedirect(response)) throw new AssayClientError('redirect_refused')
      const wish = wishOf(response)
      if (wish === undefined || tried.has(wish) || !isRepeatable(init?.body)) return response
      tried.add(wish)
      unwanted = wish === 'token' ? added['OAuth-Client-Attestation'] : undefined
      void response.body?.cancel()
    }
  }
}

/** What an API that refused a request wants to see instead (RFC 9449 section 9, client attestation section 7). */
function wishOf(response: Response): 'nonce' | 'token' | undefined {
  if (response.status !== 401) return undefined
  const error = /\berror="?(\w+)/.exec(response.headers.get('WWW-Authenticate') ?? '')?.[1] ?? ''
  if (error === 'use_dpop_nonce' || error === 'use_attestation_challenge') return 'nonce'
  return wantsAnotherToken.includes(error) ? 'token' : undefined
}

/** A browser hides the answer behind the type `opaqueredirect`. */
function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)
}

function isRepeatable(body: BodyInit | null | undefined): boolean {
  return typeof ReadableStream === 'undefined' || !(body instanceof ReadableStream)
}

function isRequest(input: Parameters<Fetch>[0]): input is Request {
  return typeof Request !== 'undefined' && input instanceof Request
}
