import type { GuardRefusalCode } from '../decision/error-codes.ts'
import type { Fields } from './fields.ts'
import { readBaseUrl } from './target-uri.ts'

/** Finds the public base URL that a request was sent to. */
export type PublicOrigin = (fields: Fields) => { base: string } | GuardRefusalCode

export function fixedOrigin(base: string): PublicOrigin {
  const found = { base }
  return () => found
}

/**
 * From `X-Forwarded-Proto` and `X-Forwarded-Host`, each exactly once, for an API that a proxy serves under several
 * names. Only the listed base URLs are trusted.
 */
export function forwardedOrigin(bases: readonly string[]): PublicOrigin {
  const known = new Map(bases.map((base) => [base, { base }]))
  return ({ forwardedProto, forwardedHost }) => {
    const [proto] = forwardedProto
    const [host] = forwardedHost
    if (proto === undefined || host === undefined || forwardedProto.length + forwardedHost.length !== 2) {
      return 'REQUEST_ORIGIN_UNKNOWN'
    }
    return known.get(readBaseUrl(`${proto}://${host}`) ?? '') ?? 'REQUEST_ORIGIN_UNKNOWN'
  }
}
