import { distinctList, misuse } from '../faults/misuse.ts'

/** Pages of other origins that call the API (Fetch standard, CORS protocol). */
export interface PageSettings {
  /** Their web origins, as browsers send them: scheme, host, and port unless it is the default. */
  origins: readonly string[]
  /** Whether their calls carry the browser's credentials, such as cookies. Default: no. */
  credentials?: boolean
}

const readable = 'WWW-Authenticate, DPoP-Nonce, OAuth-Client-Attestation-Challenge, Retry-After'

/**
 * Fields by which a page of one of the origins may read an answer; for any other origin, `null`, or two of them, only
 * `Vary`. No settings: no fields.
 *
 * @param sent every value of the request's `Origin`
 */
export function pageFields(
  { origins, credentials = false }: PageSettings,
  sent: readonly string[],
): Readonly<Record<string, string>> {
  if (origins.length === 0) return {}
  const [origin = '', ...more] = sent
  if (more.length > 0 || !origins.includes(origin)) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    ...(credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    'Access-Control-Expose-Headers': readable,
  }
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for anything that no browser sends, such as `*`, `null` or a path */
export function checkPages({ origins, credentials = false }: Partial<PageSettings>): PageSettings {
  if (typeof credentials !== 'boolean') throw misuse('credentials', 'true or false')
  if (origins === undefined) {
    if (credentials) throw misuse('origins', 'given with credentials')
    return { origins: [] }
  }
  return {
    origins: distinctList('origins', origins, 'a web origin, such as https://app.example.com', isOrigin),
    credentials,
  }
}

function isOrigin(text: string): text is string {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
