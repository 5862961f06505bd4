/**
 * For the operator's log: what the guard expected and what came instead, in at most 200 characters. Callers never see
 * it.
 *
 * @param wanted From the configuration, or from the request as this guard sees it.
 * @param got From a token or proof whose signature is valid. Whoever holds an installation key can choose it, so nothing
 *   in it can end the line, and no query of a URL is in it.
 */
export function expectedAndGot(what: string, wanted: string, got: unknown): string {
  const near = typeof got === 'string' ? nearness(wanted, withoutQuery(got)) : undefined
  const text = `expected ${what} ${shown(wanted)}, got ${shown(got)}`
  return near === undefined ? text : `${text}: they differ only ${near}`
}

/** How far the caller's or the service's clock is from this one. @param seconds As counted by this one. */
export function byThisClock(what: string, seconds: number): string {
  const when = seconds < 0 ? `${whole(-seconds)} s from now` : `${whole(seconds)} s ago`
  return `${what} ${when} by the clock of this guard`
}

function whole(seconds: number): string {
  return String(Math.min(Math.round(seconds), Number.MAX_SAFE_INTEGER))
}

/** Two of these, the words around them and the longest remark are within the 200 characters. */
const longest = 64

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const text = escaped(withoutQuery(value.slice(0, 512)))
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function withoutQuery(text: string): string {
  return text.replace(/[?#].*/s, '')
}

/** Everything but visible ASCII by its number: no line ends here, and nothing is written from right to left. */
function escaped(text: string): string {
  return text.replace(
    /[^\x21-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function nearness(wanted: string, got: string): string | undefined {
  if (withoutSlash(wanted) === withoutSlash(got)) return 'in a trailing slash'
  if (wanted.toLowerCase() === got.toLowerCase()) return 'in upper and lower case'
  return withoutPort(wanted) === withoutPort(got) ? 'in the port' : undefined
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text
}

function withoutPort(text: string): string {
  return text.replace(/^(https?:\/\/[^/]*?):\d{1,5}(?=\/|$)/, '$1')
}
