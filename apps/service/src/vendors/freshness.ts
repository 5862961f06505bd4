/** How long an answer may be kept (RFC 9111), as its headers say. */
export interface Freshness {
  /** Seconds that the answer was on its way in caches. */
  age: number
  /** Seconds for which it stays fresh from now on; `undefined`: it does not say. */
  lifetime: number | undefined
}

/**
 * Reads `Cache-Control`, `Expires` and `Age`. A lifetime is never negative; a malformed field counts as absent, and a
 * malformed `Expires` as expired (RFC 9111 5.3).
 *
 * @param now milliseconds since 1970, used if the answer has no `Date`
 */
export function freshnessOf(headers: Headers, now: number): Freshness {
  const age = secondsOf(headers.get('age')) ?? 0
  const total = maxAgeOf(headers) ?? expiresIn(headers, now)
  return { age, lifetime: total === undefined ? undefined : Math.max(0, total - age) }
}

function maxAgeOf(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim())
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0
  const [maxAge] = directives.flatMap((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1] ?? [])
  return secondsOf(maxAge ?? null)
}

function expiresIn(headers: Headers, now: number): number | undefined {
  const expires = headers.get('expires')
  if (expires === null) return undefined
  const date = Date.parse(headers.get('date') ?? '')
  const seconds = (Date.parse(expires) - (Number.isNaN(date) ? now : date)) / 1000
  return Number.isNaN(seconds) ? 0 : Math.floor(seconds)
}

/**
 * A duration such as those of `Age` and `Retry-After`; `undefined` for anything else, or for more digits than anybody
 * means.
 */
export function secondsOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
