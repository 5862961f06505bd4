/** Seconds for which a browser remembers a preflight. */
const remembered = '600'
const fieldNames = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}(?:\s*,\s*[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}){0,63}$/

/**
 * Fields by which a page of a listed origin may read an answer (Fetch standard, CORS protocol); none for any other.
 * Credentials of the browser are never allowed: a call has its token.
 */
export function corsFields(
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> {
  if (origins.length === 0) return {}
  if (origin === undefined || !origins.includes(origin)) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': '*, WWW-Authenticate, DPoP-Nonce, OAuth-Client-Attestation-Challenge',
  }
}

export interface Preflight {
  readonly method: string
  /** As the browser lists them. */
  readonly fields: string | undefined
}

/** A preflight: an OPTIONS with an origin that asks for a method. */
export function readPreflight(
  method: string,
  origin: string | undefined,
  asksFor: string | undefined,
  fields: string | undefined,
): Preflight | undefined {
  return method === 'OPTIONS' && origin !== undefined && asksFor !== undefined
    ? { method: asksFor, fields }
    : undefined
}

/** What a preflight for an existing route is answered with, besides {@link corsFields}. */
export function preflightFields({ method, fields }: Preflight): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': method,
    ...(fields !== undefined && fieldNames.test(fields) ? { 'Access-Control-Allow-Headers': fields } : {}),
    'Access-Control-Max-Age': remembered,
  }
}
