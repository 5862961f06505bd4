import { trimmed } from '../token/jwt-form.ts'

/**
 * Fields of a request: `Headers`, or a record of names (in any case) to values. A repeated field appears as an array,
 * or as its values joined by commas, as in `Headers` and Node's `req.headers`.
 *
 * Node's `req.headers` drops a repeated `Authorization`: pass `req.headersDistinct` or use an adapter.
 */
export type RequestHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

/** What some runtimes provide with a request. */
export interface RequestContext {
  /**
   * Keeps the runtime working on `promise` after the request has been answered. Without it, workers drop whatever a
   * request leaves behind: their keys would be renewed only while a request waits for them.
   */
  waitUntil(promise: Promise<unknown>): void
}

/** What the guard needs from a request. A `Request` has it. */
export interface GuardRequest {
  readonly method: string
  /** Absolute, or the request target as in the request line. */
  readonly url: string
  readonly headers: RequestHeaders
}

/** The fields that the guard reads: every value of each, in the order in which they came. */
export interface Fields {
  attestation: readonly string[]
  attestationPop: readonly string[]
  dpop: readonly string[]
  authorization: readonly string[]
  forwardedProto: readonly string[]
  forwardedHost: readonly string[]
  status: readonly string[]
}

const absent: readonly string[] = []

/** By length first: most fields of a request are irrelevant, and can be ruled out without lower-casing. */
const slotsByLength: readonly (readonly [keyof Fields, string] | undefined)[] = (() => {
  const slots = new Array<readonly [keyof Fields, string] | undefined>(32).fill(undefined)
  const named: readonly (readonly [keyof Fields, string])[] = [
    ['attestation', 'oauth-client-attestation'],
    ['attestationPop', 'oauth-client-attestation-pop'],
    ['dpop', 'dpop'],
    ['authorization', 'authorization'],
    ['forwardedProto', 'x-forwarded-proto'],
    ['forwardedHost', 'x-forwarded-host'],
    ['status', 'assay-status'],
  ]
  for (const entry of named) slots[entry[1].length] = entry
  return slots
})()

/** Lower-case name of a field that the guard reads, or `undefined` for any other field. */
export function fieldNameOf(name: string): string | undefined {
  const slot = slotsByLength[name.length]
  return slot !== undefined && name.toLowerCase() === slot[1] ? slot[1] : undefined
}

export function readFields(headers: RequestHeaders): Fields {
  return isHeaders(headers) ? fromHeaders(headers) : fromRecord(headers)
}

function isHeaders(headers: RequestHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}

/** A look-up takes time, so a rarely needed field is looked up only when needed. */
function fromHeaders(headers: { get(name: string): string | null }): Fields {
  return {
    attestation: apart(headers.get('oauth-client-attestation')),
    attestationPop: apart(headers.get('oauth-client-attestation-pop')),
    dpop: apart(headers.get('dpop')),
    authorization: authorizationsApart(headers.get('authorization')),
    get forwardedProto() {
      return apart(headers.get('x-forwarded-proto'))
    },
    get forwardedHost() {
      return apart(headers.get('x-forwarded-host'))
    },
    get status() {
      return apart(headers.get('assay-status'))
    },
  }
}

function fromRecord(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Fields {
  const fields: Fields = {
    attestation: absent,
    attestationPop: absent,
    dpop: absent,
    authorization: absent,
    forwardedProto: absent,
    forwardedHost: absent,
    status: absent,
  }
  for (const name in headers) {
    const slot = slotsByLength[name.length]
    if (slot === undefined || name.toLowerCase() !== slot[1]) continue
    const values = headers[name]
    if (values === undefined) continue
    const separate = slot[0] === 'authorization' ? authorizationsApart : apart
    const found = typeof values === 'string' ? separate(values) : allApart(values, separate)
    fields[slot[0]] = fields[slot[0]].length === 0 ? found : [...fields[slot[0]], ...found]
  }
  return fields
}

function allApart(
  values: readonly string[],
  separate: (value: string) => readonly string[],
): readonly string[] {
  const [only] = values
  // The usual case: one value, which is its own list.
  if (only !== undefined && values.length === 1) return only.includes(',') ? separate(only) : values
  return values.flatMap(separate)
}

/**
 * None of these fields may contain a comma within one value (token68, a host, a scheme), so a comma separates two of
 * them.
 */
function apart(value: string | null): readonly string[] {
  if (value === null) return absent
  return value.includes(',') ? value.split(',').map(trimmed) : [value]
}

/** Other schemes have commas in their parameters, so only a scheme that carries a token begins another value. */
function authorizationsApart(value: string | null): readonly string[] {
  if (value === null) return absent
  return value.includes(',') ? value.split(/,[ \t]*(?=(?:dpop|bearer)[ \t])/i) : [value]
}
