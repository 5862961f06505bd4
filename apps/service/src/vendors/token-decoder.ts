import { isJsonObject } from '@assay/protocol'
import type { Clock } from '../system/ports.ts'
import { askVendor, jsonOf, type VendorAnswer } from './ask-vendor.ts'
import { decodedPayloads } from './decoded-payloads.ts'
import { secondsOf } from './freshness.ts'
import { serviceAccount } from './service-account.ts'
import { VendorError } from './vendor-error.ts'

/** For whom a token is decoded. */
interface Asker {
  /** The app's package, for which the token must be. */
  readonly package: string
}

/** The API of Google that decodes tokens of one kind. */
export interface DecodingApi {
  /** OAuth scope of the service account that makes the call. */
  readonly scope: string
  pathOf(packageName: string): string
  bodyOf(token: string): object
  /** The payload in an answer; `undefined`: the answer has none. */
  payloadOf(answer: unknown): unknown
}

/** What an app may cost in calls to a vendor. */
export interface Budget<Call> {
  /** Takes one call from the day's budget; `false`: none is left. */
  take(call: Call): Promise<boolean>
}

export interface TokenDecoderOptions<Call extends Asker = Asker> {
  api: DecodingApi
  /** Without a trailing slash. */
  baseUrl: string
  /** File with the key of a Google service account; `undefined`: every call ends in `VENDOR_CREDENTIALS`. */
  credentials: string | undefined
  budget: Budget<Call>
  fetch: typeof fetch
  clock: Clock
  /** What the decoder throws if the budget is spent; `undefined`: `VENDOR_BUDGET`. */
  spent?: (call: Call) => Error | undefined
  /** What the decoder throws if Google says that this is not a token for the app's package. */
  undecodable: (cause: unknown) => Error
  /** Milliseconds for a whole answer; default 5,000. */
  timeout?: number
}

/**
 * Has Google decode a token of an app, and returns the result of `JSON.parse`.
 *
 * @throws what `undecodable` makes, if Google says that it is not a token for the app's package
 * @throws VendorError for everything else, and what the budget throws
 */
export type TokenDecoder<Call> = (call: Call, token: string) => Promise<unknown>

/** Bytes: about twenty times a verdict with everything in it. */
const longestAnswer = 65_536
/** Seconds: a budget is restored with the day, unless the operator raises it earlier. */
const waitForBudget = 900

export function createTokenDecoder<Call extends Asker>(
  options: TokenDecoderOptions<Call>,
): TokenDecoder<Call> {
  const { api, baseUrl, credentials, budget, fetch, clock, timeout = 5_000 } = options
  const account = serviceAccount({ file: credentials, scope: api.scope, clock })
  const payloads = decodedPayloads(clock)

  const ask = async ({ package: name }: Call, token: string, authorization: string): Promise<unknown> => {
    const answer = await askVendor(fetch, {
      url: `${baseUrl}${api.pathOf(name)}`,
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', authorization },
      body: JSON.stringify(api.bodyOf(token)),
      timeout,
      longest: longestAnswer,
    })
    if (answer.status === 401) account.forget()
    return payloadOf(answer, options)
  }

  return (call, token) =>
    payloads.get(call.package, token, async () => {
      // Free checks come first: a missing account must not spend budget.
      const authorization = await account.authorization()
      if (!(await budget.take(call)))
        throw options.spent?.(call) ?? new VendorError('VENDOR_BUDGET', { retryAfter: waitForBudget })
      return ask(call, token, authorization)
    })
}

function payloadOf(
  answer: VendorAnswer,
  { api, undecodable }: Pick<TokenDecoderOptions, 'api' | 'undecodable'>,
): unknown {
  if (answer.status === 200) return payloadIn(api, jsonOf(answer))
  const error = errorOf(answer)
  if (isUndecodable(answer, error)) throw undecodable(new VendorError('VENDOR_STATUS'))
  const retryAfter = secondsOf(answer.headers.get('retry-after'))
  throw new VendorError(codeOf(answer, error), { retryAfter })
}

function payloadIn(api: DecodingApi, value: unknown): unknown {
  const payload = api.payloadOf(value)
  if (payload === undefined) throw new VendorError('VENDOR_NONSENSE')
  return payload
}

/** The `error` of Google's APIs (google.rpc.Status in JSON), as far as it is used. */
interface GoogleError {
  status: unknown
  /** Types of the details, and reasons in them or in the older list. */
  types: readonly unknown[]
  reasons: readonly unknown[]
}

function errorOf({ text }: VendorAnswer): GoogleError {
  const value = parsed(text)
  const error = isJsonObject(value) && isJsonObject(value['error']) ? value['error'] : {}
  const details = [...listOf(error['details']), ...listOf(error['errors'])].filter(isJsonObject)
  return {
    status: error['status'],
    types: details.map((detail) => detail['@type']),
    reasons: details.map(({ reason }) => reason),
  }
}

/**
 * Google says so about a token that is not one, was changed, or is for another package. It says the same, naming the
 * offending fields, about a malformed request, and then the fault is ours.
 */
function isUndecodable({ status }: VendorAnswer, error: GoogleError): boolean {
  const isOurs = error.types.includes('type.googleapis.com/google.rpc.BadRequest')
  return status === 400 && error.status === 'INVALID_ARGUMENT' && !isOurs
}

const quotaReasons: ReadonlySet<unknown> = new Set([
  'RATE_LIMIT_EXCEEDED',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'quotaExceeded',
])

function codeOf({ status }: VendorAnswer, error: GoogleError) {
  const isQuota =
    error.status === 'RESOURCE_EXHAUSTED' || error.reasons.some((each) => quotaReasons.has(each))
  if (status === 429 || (status === 403 && isQuota)) return 'VENDOR_QUOTA'
  if (status === 401) return 'VENDOR_CREDENTIALS'
  return status === 403 ? 'VENDOR_FORBIDDEN' : 'VENDOR_STATUS'
}

/** Errors of a proxy, for example, are not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
