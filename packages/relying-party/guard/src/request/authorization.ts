import type { GuardRefusalCode } from '../decision/error-codes.ts'

/** Schemes that carry an access token (RFC 6750, RFC 9449). */
const carriesToken = /^(?:dpop|bearer)(?:\s|$)/i
const withToken = /^(?:dpop|bearer) +([A-Za-z0-9\-._~+/]+=*)$/i

/**
 * The access token in `Authorization`: of the user, usually, and none of the guard's business but for the proof,
 * which must cover it. Other schemes carry none.
 */
export function readAccessToken(values: readonly string[]): { token: string | undefined } | GuardRefusalCode {
  const value = values[0]
  if (value === undefined) return { token: undefined }
  if (values.length > 1) return 'AUTHORIZATION_REPEATED'
  if (!carriesToken.test(value)) return { token: undefined }
  const token = withToken.exec(value)?.[1]
  return token === undefined ? 'AUTHORIZATION_MALFORMED' : { token }
}
