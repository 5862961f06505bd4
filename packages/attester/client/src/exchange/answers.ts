import type { AttestationResponse, ChallengeResponse, IssuedToken } from '@assay/protocol'

/** A JSON object whose members are not known yet. */
export type Members = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The answer to `POST /v1/challenges`, or `undefined` if it does not have that form. */
export function readChallengeResponse(body: Members): ChallengeResponse | undefined {
  const { attestation_challenge, plan, expires_in } = body
  if (typeof attestation_challenge !== 'string' || !/^[\w-]{64}$/.test(attestation_challenge))
    return undefined
  if (typeof plan !== 'string' || !isSeconds(expires_in)) return undefined
  return { attestation_challenge, plan, expires_in }
}

/** The answer to `POST /v1/attestations`, or `undefined` if it does not have that form. */
export function readAttestationResponse(body: Members): AttestationResponse | undefined {
  const { tokens, refresh_after, server_time, trace } = body
  if (!Array.isArray(tokens) || tokens.length === 0 || !tokens.every(isToken)) return undefined
  if (!isSeconds(refresh_after) || !isSeconds(server_time) || typeof trace !== 'string') return undefined
  return { tokens, refresh_after, server_time, trace }
}

function isToken(value: unknown): value is IssuedToken {
  if (!isObject(value)) return false
  const { audience, token, expires_in } = value
  // Visible ASCII only, so that no answer can put anything else into a header.
  return (
    typeof audience === 'string' &&
    typeof token === 'string' &&
    /^[!-~]+$/.test(token) &&
    isSeconds(expires_in)
  )
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e11
}
