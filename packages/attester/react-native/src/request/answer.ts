/** What a protected API that refuses a request asks for: a nonce, which came with the answer, or another token. */
export type Demand = 'nonce' | 'token'

const demands: Readonly<Record<string, Demand>> = {
  use_dpop_nonce: 'nonce',
  use_attestation_challenge: 'nonce',
  use_fresh_attestation: 'token',
  invalid_client_attestation: 'token',
  invalid_dpop_proof: 'token',
}

/**
 * APIs say it with status 401 in `WWW-Authenticate` (RFC 9449 section 9), authorization servers also with status 400 in JSON (RFC 9449
 * section 8, RFC 6749 section 5.2, draft-ietf-oauth-attestation-based-client-auth-10 section 7). The answer stays readable.
 *
 * @param isAuthorizationServer whether its body counts: an API's own may hold any text, and must not send a request twice
 * @param isAccess whether the token in `Authorization` is ours, so that `invalid_token` (RFC 6750 section 3.1) is about it
 */
export async function demandOf(
  response: Response,
  isAuthorizationServer: boolean,
  isAccess: boolean,
): Promise<Demand | undefined> {
  const { status, headers } = response
  // A field may hold challenges of several schemes, each with its own error.
  const errors: unknown[] = []
  if (status === 401) {
    const challenges = headers.get('WWW-Authenticate') ?? ''
    for (const [, error] of challenges.matchAll(/\berror="?(\w+)/g))
      errors.push(isAccess && error === 'invalid_token' ? 'use_fresh_attestation' : error)
  }
  if (isAuthorizationServer && status === 400 && /\bjson\b/.test(headers.get('Content-Type') ?? ''))
    errors.push(await errorIn(response))
  return demands[errors.find((error) => Object.keys(demands).includes(error as string)) as string]
}

/** `error` of a body in JSON; nothing if the client has no `clone`, since the caller reads the answer itself. */
async function errorIn(response: Response): Promise<unknown> {
  try {
    return (Object(await response.clone().json()) as { error?: unknown }).error
  } catch {
    return undefined
  }
}

/** Statuses of a redirect that a client would follow by itself; `opaqueredirect` has none. */
export function isRedirect({ type, status }: Response): boolean {
  return (type as string) === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)
}

/**
 * Whether a client has followed a redirect although it was told not to, as far as its answer shows: it is too late to
 * keep token and proof, but not to notice. `expo/fetch` on Android calls only a redirect itself `redirected`.
 */
export function hasFollowed(response: Response, url: string): boolean {
  if (response.redirected && !isRedirect(response)) return true
  const origin = originOf(url)
  return origin !== undefined && !!response.url && originOf(response.url) !== origin
}

/** `undefined` where a client may write the host anew, since `URL` of React Native does not follow the standard. */
function originOf(url: string): string | undefined {
  const parts = /^(https?:\/\/)(?:[^/?#\\]*@)?([a-z\d._-]+)(:\d+)?(?:[/?#]|$)/i.exec(url)
  if (parts === null) return undefined
  const [, scheme = '', host = '', port = ''] = parts
  const usual = /^https/i.test(scheme) ? ':443' : ':80'
  return `${scheme}${host}${port === usual ? '' : port}`.toLowerCase()
}
