import type { AttestationResponse, ChallengeResponse, IssuedToken } from '@assay/protocol'

/** A JSON object of which nothing is known yet: its members may be missing, or anything. */
export type Unchecked<T> = { readonly [Name in keyof T]?: unknown }

export function isChallengeResponse(body: Unchecked<ChallengeResponse>): boolean {
  const { attestation_challenge, plan, expires_in, evidence } = body
  return (
    isText(attestation_challenge) &&
    isText(plan) &&
    isSeconds(expires_in) &&
    [undefined, 'enrolment', 'refresh'].includes(evidence as string | undefined)
  )
}

export function isAttestationResponse(body: Unchecked<AttestationResponse>): boolean {
  const { tokens, refresh_after, server_time, trace } = body
  return (
    Array.isArray(tokens) &&
    tokens.length > 0 &&
    tokens.every(isToken) &&
    isSeconds(refresh_after) &&
    isSeconds(server_time) &&
    isText(trace)
  )
}

function isToken(value: Unchecked<IssuedToken>): boolean {
  return isText(value.audience) && isText(value.token) && isSeconds(value.expires_in)
}

/** Visible ASCII, so that no answer can put anything else into a header. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}
