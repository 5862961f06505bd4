/** The request target, taken apart. */
export interface Target {
  readonly path: string
  /** Without `?`; undefined: there is none. */
  readonly query: string | undefined
}

const longestPath = 4096
const longestQuery = 8192

/** RFC 3986 section 3.3: absolute, no empty segment but the last. */
const plainPath = /^(?:\/(?:[\w\-.~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+)*\/?$/
/** Escapes that another reader of the path may take for what separates it: `/`, `\`, `%`, `#`, `?`, controls. */
const ambiguous = /%(?:2[Ff35]|3[Ff]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])/
/** Also with parameters (`..;x`), which servers of servlets remove before they resolve it. */
const dotSegment = /\/(?:\.|%2[Ee]){1,2}(?:[/;]|%3[Bb]|$)/
/** RFC 3986 section 3.4, and what clients send without escaping it. */
const plainQuery = /^[\x21\x24-\x3b\x3d\x3f-\x7e]*$/

/**
 * Reads a request target in origin form (RFC 9112 section 3.2.1), and no other. What two readers of a path could take
 * for different resources is refused, so that the route that was judged is the one that the upstream serves.
 */
export function readTarget(text: string): Target | 'PROXY_TARGET' | 'PROXY_QUERY' {
  const mark = text.indexOf('?')
  const path = mark === -1 ? text : text.slice(0, mark)
  if (path.length > longestPath || !plainPath.test(path) || path === '') return 'PROXY_TARGET'
  if (dotSegment.test(path) || ambiguous.test(path) || text.includes('#')) return 'PROXY_TARGET'
  if (mark === -1) return { path, query: undefined }
  const query = text.slice(mark + 1)
  return query.length <= longestQuery && plainQuery.test(query) ? { path, query } : 'PROXY_QUERY'
}

/**
 * The query without the parameters that the route injects, which then follow. Names are compared as a lenient upstream
 * would read them: unescaped, without regard to case.
 *
 * @returns `null` if a `;` hides one of them from readers that separate by `&` alone
 */
export function withInjected(
  query: string | undefined,
  injected: readonly { readonly name: string; readonly value: string }[],
): string | undefined | null {
  if (injected.length === 0) return query
  const names = new Set(injected.map(({ name }) => name.toLowerCase()))
  const kept: string[] = []
  for (const parameter of (query ?? '').split('&')) {
    const [own, ...behind] = parameter.split(';').map(nameOf)
    if (behind.some((name) => names.has(name))) return null
    if (parameter !== '' && !names.has(own as string)) kept.push(parameter)
  }
  for (const { name, value } of injected)
    kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return kept.join('&')
}

/** Also without the brackets of `key[]`, which some readers take for `key`. */
function nameOf(parameter: string): string {
  const [name = ''] = parameter.split('=', 1)
  return unescaped(name.replaceAll('+', ' ')).trim().replace(/\[.*$/, '').toLowerCase()
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
}
