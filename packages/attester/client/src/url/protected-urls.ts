import { readSecureUrl } from './secure-url.ts'
import type { ParseUrl, Url } from './url.ts'

/** The audience of the protected API that a URL belongs to, or `undefined` for every other URL. */
export type ProtectedUrls = (url: Url) => string | undefined

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a key that is not an origin or URL prefix. */
export function readProtectedUrls(
  parseUrl: ParseUrl,
  audiences: Readonly<Record<string, string>>,
  insecure: boolean,
): ProtectedUrls {
  // With a trailing slash, so that `/v1` is not treated as a prefix of `/v10`, nor `example.com` as one of
  // `example.com.evil`.
  const prefixes = Object.entries(audiences)
    .map(
      ([prefix, audience]) =>
        [`${readSecureUrl(parseUrl, prefix, 'audiences', insecure)}/`, audience] as const,
    )
    .sort(([a], [b]) => b.length - a.length)
  return ({ origin, pathname }) =>
    prefixes.find(([prefix]) => `${origin}${pathname}/`.startsWith(prefix))?.[1]
}
