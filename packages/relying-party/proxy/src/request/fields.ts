/** Fields of one connection (RFC 9110 section 7.6.1), and what the proxy sets anew. */
const own = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'http2-settings',
  'expect',
])

/**
 * Fields that never reach an upstream: where the caller is, because nobody vouches for it there and it is the caller's own
 * business, and what some servers take for another method or path than the one that was judged.
 */
const taken = new Set([
  ...own,
  'cookie2',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-original-uri',
  'x-original-method',
  'x-original-host',
  'x-rewrite-url',
  'x-host',
])
/** Of Assay, and of proxies. */
const takenFamilies = ['assay-', 'oauth-client-attestation', 'dpop', 'x-forwarded-']

/** Whether a route cannot inject it, because the proxy sets or removes it. */
export function isOwnField(name: string): boolean {
  const folded = foldName(name)
  return own.has(folded) || takenFamilies.some((family) => folded.startsWith(family))
}

/** Servers that hand fields to a program as variables (CGI) read `X_Api_Key` as `X-Api-Key`. */
function foldName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

export type FieldFilter = (name: string) => boolean

export interface FieldRules {
  /** Lower-case names of the fields that the route injects. */
  readonly injected: readonly string[]
  readonly keepsCookies: boolean
  /** Whether `Authorization` is the user's own; otherwise it holds the token that is judged here. */
  readonly keepsAuthorization: boolean
  /** Whether the answer must come without a content coding. */
  readonly needsIdentity: boolean
}

/** Whether a field of a request goes to the upstream. */
export function createFieldFilter({
  injected,
  keepsCookies,
  keepsAuthorization,
  needsIdentity,
}: FieldRules): FieldFilter {
  const removed = new Set([
    ...taken,
    ...injected.map(foldName),
    ...(keepsCookies ? [] : ['cookie']),
    ...(keepsAuthorization ? [] : ['authorization']),
    ...(needsIdentity ? ['accept-encoding', 'range', 'if-range'] : []),
  ])
  return (name) => {
    const folded = foldName(name)
    // The length that framed the message, and no other spelling of it.
    if (folded === 'content-length') return !name.includes('_')
    return !removed.has(folded) && !takenFamilies.some((family) => folded.startsWith(family))
  }
}

/** Names that a field `Connection` may have: nothing that the caller has taken away would otherwise be missed. */
const connectionOptions = new Set(['close', 'keep-alive', 'upgrade', 'te', ''])

/** The request as a parser gave it: names and values in turn. */
export interface ReceivedFields {
  readonly method: string
  readonly rawHeaders: readonly string[]
}

export interface ReadFields {
  readonly ok: true
  /** Bytes of the body; undefined: it comes in chunks; 0: there is none. */
  readonly bodyLength: number | undefined
  /** The protocol that the connection is to become. */
  readonly upgrade: string | undefined
}

/** Checks the fields by which a message is framed, and those that take others away. */
export function readFraming({ method, rawHeaders }: ReceivedFields): ReadFields | { ok: false } {
  let length: number | undefined = 0
  let lengths = 0
  let upgrade: string | undefined
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1] as string
    switch ((rawHeaders[at] as string).toLowerCase()) {
      case 'connection':
      case 'proxy-connection':
        if (!value.split(',').every((option) => connectionOptions.has(option.trim().toLowerCase())))
          return { ok: false }
        break
      case 'transfer-encoding':
        if (value.trim().toLowerCase() !== 'chunked' || lengths++ > 0) return { ok: false }
        length = undefined
        break
      case 'content-length':
        if (!/^\d{1,15}$/.test(value) || lengths++ > 0) return { ok: false }
        length = Number(value)
        break
      case 'upgrade':
        if (upgrade !== undefined) return { ok: false }
        upgrade = value.trim().toLowerCase()
        break
      default:
    }
  }
  if (length !== 0 && (method === 'GET' || method === 'HEAD')) return { ok: false }
  return { ok: true, bodyLength: length, upgrade }
}

/** Every value of a field, in lower case. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (
      (rawHeaders[at] as string).length === name.length &&
      (rawHeaders[at] as string).toLowerCase() === name
    )
      values.push(rawHeaders[at + 1] as string)
  return values
}
