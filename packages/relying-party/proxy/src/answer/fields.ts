import { longestWait } from '../meter/answers.ts'

/** Of the connection to the upstream, of the proxy itself, or addressed to the guard's callers by the guard alone. */
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'alt-svc',
  'clear-site-data',
  'strict-transport-security',
  'public-key-pins',
  'set-cookie2',
  'link',
  'nel',
  'report-to',
  'reporting-endpoints',
  'server-timing',
  'via',
  // Of SDKs of language models: what the proxy says of its own limits would be believed less.
  'x-should-retry',
])
const droppedFamilies = ['access-control-', 'dpop', 'oauth-client-attestation', 'assay-', 'ratelimit']

export type AnswerFields = Readonly<Record<string, string | readonly string[] | undefined>>

export interface AnswerRules {
  readonly keepsCookies: boolean
  /** Names in lower case that the route drops. */
  readonly dropped: ReadonlySet<string>
  readonly cacheControl: string | undefined
  /** Names of query parameters that the route injects. */
  readonly injectedParameters: readonly string[]
  /** In which spellings an answer may hold a secret. */
  readonly spellings: readonly string[]
  /** A length is that of the body as the upstream sends it. */
  readonly changesBody: boolean
}

export interface FilteredFields {
  readonly headers: Record<string, string | string[]>
  /** Names of the fields that held a secret. */
  readonly echoed: readonly string[]
}

/** Chooses the upstream's fields that reach the caller. */
export function filterAnswer(fields: AnswerFields, rules: AnswerRules): FilteredFields {
  const headers: Record<string, string | string[]> = {}
  const echoed: string[] = []
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined || !isPassed(name, rules)) continue
    const values = typeof value === 'string' ? [value] : value
    const own = name === 'www-authenticate' ? values.filter((each) => !isOurChallenge(each)) : values
    const kept = own.filter((each) => !holdsSecret(name, each, rules))
    if (kept.length < own.length) echoed.push(name)
    if (kept.length > 0) headers[name] = typeof value === 'string' ? (kept[0] as string) : kept
  }
  if (rules.cacheControl !== undefined) {
    delete headers['expires']
    delete headers['pragma']
    headers['cache-control'] = rules.cacheControl
  }
  if (waitsLong(fields)) headers['x-should-retry'] = 'false'
  return { headers, echoed }
}

/** Names by which a guard challenges: the SDK would answer the upstream's, and send the request again. */
const ourChallenges =
  /\bdpop\b|oauth-client-attestation|use_dpop_nonce|use_attestation_challenge|invalid_(?:client_attestation|dpop_proof)/i

function isOurChallenge(value: string): boolean {
  return ourChallenges.test(value)
}

/** SDKs of language models wait as long as they are told, however long that is. */
function waitsLong(fields: AnswerFields): boolean {
  const seconds = Number(fields['retry-after'] ?? 0)
  const date = typeof fields['retry-after'] === 'string' && Number.isNaN(seconds)
  return date || seconds > longestWait || Number(fields['retry-after-ms'] ?? 0) > longestWait * 1_000
}

function isPassed(name: string, { keepsCookies, changesBody, dropped: ofRoute }: AnswerRules): boolean {
  if (ofRoute.has(name) || dropped.has(name) || droppedFamilies.some((family) => name.startsWith(family)))
    return false
  if (name === 'set-cookie') return keepsCookies
  if (changesBody && (name === 'content-length' || name === 'etag' || name === 'content-md5')) return false
  return !(changesBody && (name === 'accept-ranges' || name.endsWith('digest')))
}

function holdsSecret(name: string, value: string, { spellings, injectedParameters }: AnswerRules): boolean {
  if (spellings.some((spelling) => value.includes(spelling))) return true
  if (unescapedHolds(value, spellings)) return true
  return (
    (name === 'location' || name === 'content-location' || name === 'refresh') &&
    injectedParameters.some((parameter) => namesParameter(value, parameter))
  )
}

/** A secret of which some characters are escaped that need not be. */
function unescapedHolds(value: string, spellings: readonly string[]): boolean {
  if (!value.includes('%')) return false
  const plain = value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return spellings.some((spelling) => plain.includes(spelling))
}

function namesParameter(value: string, parameter: string): boolean {
  return new RegExp(`[?&;]${escapeForExpression(parameter)}(?:=|&|;|#|$)`, 'i').test(value)
}

/** Names of parameters are letters, digits and these. */
function escapeForExpression(name: string): string {
  return name.replace(/[.~-]/g, '\\$&')
}
