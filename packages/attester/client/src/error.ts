/** Trying again changes nothing. */
const refusals = {
  attestation_denied: 'Denied: the operator finds the reason under the trace id',
  build_refused: 'Build not accepted: update the app, or register the build',
  not_registered: 'App or audience not registered at the service: register it',
  request_refused: 'SDK and service do not understand each other: update the older',
  plan_refused: 'Plan does not fit the app: install the registered build',
  redirect_refused: 'A protected API redirects: call the final URL, or pass redirect: "manual"',
  closed: 'Client closed: create another',
}

/** The same call may succeed later without anyone changing anything. */
const malfunctions = {
  network: 'No endpoint reached: check the connection, try again',
  timeout: 'No answer in time: check the connection, try again',
  response_invalid: 'Not an answer of the service: check endpoints and proxies',
  service_unavailable: 'Fault of the service: try again later',
  rate_limited: 'Too many requests: try again after retryAfter seconds',
  challenge_stale: 'Two challenges in a row outdated or used: try again',
  measurement_failed: 'Code image not readable: see cause',
  key_store_failed: 'Installation key not usable, nor a new one made: see cause',
  evidence_failed: 'No platform evidence: see cause',
}

const messages = { ...refusals, ...malfunctions }

export type ClientErrorCode = keyof typeof messages

/** Every code that {@link AssayClientError} carries. `docs/errors.md` says what to do about each. */
export const clientErrorCodes = /* @__PURE__ */ Object.keys(messages) as readonly ClientErrorCode[]

export interface ClientErrorDetails {
  cause?: unknown
  trace?: string | undefined
  problem?: string | undefined
  retryAfter?: number | undefined
}

/**
 * Why no token could be had, or why a protected request was not sent.
 *
 * `attestation_denied` is a denial: the evidence is bad. The other codes that are not `retryable` need a new release,
 * a registration or another configuration; those that are are malfunctions. Misuse of the SDK is a `TypeError` instead.
 */
export class AssayClientError extends Error {
  declare readonly code: ClientErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  declare readonly retryable: boolean
  /** Names the exchange to the operator of the service, and tells nobody else anything. */
  declare readonly trace: string | undefined
  /** The code of the problem document, where the service sent one. */
  declare readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  declare readonly retryAfter: number | undefined

  constructor(code: ClientErrorCode, details: ClientErrorDetails = {}) {
    super(messages[code], details)
    this.name = 'AssayClientError'
    this.code = code
    this.retryable = code in malfunctions
    this.trace = details.trace
    this.problem = details.problem
    this.retryAfter = details.retryAfter
  }
}

/** Misuse by the caller. */
export function invalidArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}

/** What `work` gives; what it throws becomes the cause of an error with `code`, unless it is one of ours already. */
export async function orFail<T>(code: ClientErrorCode, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof AssayClientError ? cause : new AssayClientError(code, { cause })
  }
}
