import { standardUrl, type ParseUrl } from './url.ts'

/**
 * Lower-case scheme and host, no user, a path with the characters of RFC 3986: no two parsers disagree about such a
 * URL.
 */
const plain =
  /^((https?):\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+])(?::([1-9]\d{0,4}))?)((?:\/(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})*)*)(\?[!-"$-~]*)?(#[!-~]*)?$/
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** Reads absolute URLs in their normal form only, without the platform's `URL`. */
export const plainUrl: ParseUrl = (text) => {
  const [, origin, scheme, port, pathname, query = '', fragment = ''] = plain.exec(text) ?? []
  if (origin === undefined || scheme === undefined || pathname === undefined) return undefined
  if (dotSegment.test(pathname) || port === defaultPorts[scheme]) return undefined
  return { origin, pathname: pathname || '/', href: origin + (pathname || '/') + query + fragment }
}

/**
 * The platform's own parser, if it follows the standard. That of React Native lacks `origin`, or adds a slash to
 * paths.
 */
export function parserOf(Parser: typeof URL | undefined): ParseUrl {
  try {
    const { origin, pathname } = new (Parser as typeof URL)('HTTPS://User@A.example:443/b/../c?d#e')
    if (origin === 'https://a.example' && pathname === '/c') return standardUrl
  } catch {
    // It throws, or there is none: treated like one that answers wrongly.
  }
  return plainUrl
}
