import { invalidArgument } from '../error.ts'
import { readSecureUrl } from './secure-url.ts'

/** The audience of the protected API that a URL belongs to, or `undefined` for every other URL. */
export type ProtectedUrls = (url: URL) => string | undefined

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a key that is not an origin or URL prefix. */
export function readProtectedUrls(
  audiences: Readonly<Record<string, string>>,
  insecure: boolean,
): ProtectedUrls {
  const entries = Object.entries(audiences).map(([prefix, audience]) => {
    const url = readSecureUrl(prefix, insecure)
    if (url === undefined) {
      throw invalidArgument('audiences holds a key that is not an https origin or URL prefix')
    }
    // Closed by a slash, so that `/v1` is not taken for a prefix of `/v10`.
    return { origin: url.origin, path: url.pathname.replace(/\/*$/, '/'), audience }
  })
  entries.sort((a, b) => b.path.length - a.path.length)
  return (url) =>
    entries.find(({ origin, path }) => url.origin === origin && `${url.pathname}/`.startsWith(path))?.audience
}
