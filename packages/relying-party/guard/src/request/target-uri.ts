import { GuardRefusal } from '../faults/refusal.ts'
import type { Fields } from './fields.ts'

/** Longest path or URI that is compared, in characters. Queries are not compared. */
const longest = 4096

/**
 * The path of a request target, without query: in origin form (`/a?b`) or absolute form (`http://host/a?b`), whose
 * authority the caller chooses and which is ignored. `undefined` for other forms.
 */
export function pathOf(target: string): string | undefined {
  if (hasFragment(target)) return undefined
  const start = target.startsWith('/') ? 0 : /^https?:\/\/[^/?#]+/i.exec(target)?.[0].length
  if (start === undefined) return undefined
  const path = withoutQuery(target.slice(start))
  if (path.length > longest) return undefined
  return path === '' ? '/' : path
}

/**
 * No request target has a fragment (RFC 9112 section 3.2), but servers and gateways pass on what they are sent: for one
 * the path ends at the `#`, for another it does not.
 */
export function hasFragment(target: string): boolean {
  return target.includes('#')
}

/**
 * Whether `htu` names the resource at `path` under the public base URL: equal without query and fragment after the
 * normalisation of RFC 3986 sections 6.2.2 and 6.2.3 (RFC 9449 section 4.3). Neither may have dot segments: clients
 * resolve them before they send a request, and how a path that still has them is routed is anybody's guess.
 */
export function namesTarget(htu: string, base: string, path: string): boolean {
  const given = withoutQuery(htu)
  if (given.length > longest) return false
  if (given.length === base.length + path.length && given.startsWith(base) && given.endsWith(path))
    return httpPath.test(path) && !dotSegment.test(path)
  const normal = normalise(given)
  return normal !== undefined && normal === normalise(base + path)
}

/** Base URL in the form that {@link namesTarget} takes: normalised, without a trailing slash. */
export function readBaseUrl(text: string): string | undefined {
  if (text.length > longest) return undefined
  return normalise(text)?.replace(/\/$/, '')
}

function withoutQuery(uri: string): string {
  const fragment = uri.indexOf('#')
  const end = uri.indexOf('?')
  if (fragment === -1) return end === -1 ? uri : uri.slice(0, end)
  return uri.slice(0, end === -1 ? fragment : Math.min(end, fragment))
}

/**
 * RFC 3986 with an http scheme, a host, an optional port without leading zeros, and no user information. What `URL`
 * repairs or translates on top (backslashes, other alphabets, forms of one IP address) is not the same URI.
 */
const httpUri = /^(https?):\/\/([a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4})?)?(\/.*)?$/i

/** The characters of RFC 3986 section 3.3, and the four beyond them that browsers send as they are. */
const httpPath = /^(?:[\w\-.~!$&'()*+,;=:@/[\]|^]|%[0-9a-f]{2})*$/i

/** Section 5.2.4, including the escaped spelling that `URL` resolves. */
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i

function normalise(uri: string): string | undefined {
  const [, written, host, port = '', path = '/'] = httpUri.exec(uri) ?? []
  if (written === undefined || host === undefined || Number(port) > 65_535) return undefined
  if (!httpPath.test(path) || dotSegment.test(path)) return undefined
  const scheme = written.toLowerCase()
  const isUsual = port === '' || port === (scheme === 'http' ? '80' : '443')
  const place = `${scheme}://${host.toLowerCase()}${isUsual ? '' : `:${port}`}`
  return place + path.replace(/%[0-9a-f]{2}/gi, normaliseEscape)
}

/** Section 6.2.2.2: an escaped unreserved character is the character; other escapes are upper case. */
function normaliseEscape(escape: string): string {
  const character = String.fromCharCode(parseInt(escape.slice(1), 16))
  return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase()
}

/** Finds the public base URL that a request was sent to. @throws GuardRefusal (`REQUEST_ORIGIN_UNKNOWN`) */
export type PublicOrigin = (fields: Fields) => string

export function fixedOrigin(base: string): PublicOrigin {
  return () => base
}

/**
 * From `X-Forwarded-Proto` and `X-Forwarded-Host`, each exactly once, for an API that a proxy serves under several
 * names. Only the listed base URLs are trusted.
 */
export function forwardedOrigin(bases: readonly string[]): PublicOrigin {
  const known = new Set(bases)
  return ({ forwardedProto, forwardedHost }) => {
    const [proto] = forwardedProto
    const [host] = forwardedHost
    if (proto === undefined || host === undefined || forwardedProto.length + forwardedHost.length !== 2) {
      throw new GuardRefusal('REQUEST_ORIGIN_UNKNOWN')
    }
    // An origin, and nothing behind it, a slash included.
    const base = host.includes('/') ? undefined : readBaseUrl(`${proto}://${host}`)
    if (base === undefined || !known.has(base)) throw new GuardRefusal('REQUEST_ORIGIN_UNKNOWN')
    return base
  }
}
