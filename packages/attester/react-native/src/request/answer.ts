/** What a protected API that refuses a request says it wants to see: a nonce, which came with the answer, or another token. */
export type Wish = 'nonce' | 'token'

const wishes: Readonly<Record<string, Wish>> = {
  use_dpop_nonce: 'nonce',
  use_attestation_challenge: 'nonce',
  use_fresh_attestation: 'token',
  invalid_client_attestation: 'token',
  invalid_dpop_proof: 'token',
}

/** RFC 9449 section 9, draft-ietf-oauth-attestation-based-client-auth-10 section 7. */
export function wishOf(status: number, challenge: string | null): Wish | undefined {
  if (status !== 401) return undefined
  const error = /\berror="?(\w+)/.exec(challenge ?? '')?.[1] ?? ''
  return Object.keys(wishes).includes(error) ? wishes[error] : undefined
}

/** Statuses of a redirect that a client would follow by itself; `opaqueredirect` has none. */
export function isRedirect({ type, status }: Response): boolean {
  return (type as string) === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status)
}
