/** Trying again changes nothing. */
const refusals = {
  attestation_denied: 'The attestation was denied: the operator finds the reason under the trace id',
  build_refused: 'The build is not accepted: update the app, or register the build',
  not_registered: 'The app, or an audience for it, is not registered at the service',
  request_refused: 'The service does not understand this SDK: update the older of the two',
  plan_refused: 'The measurement plan does not fit: is the installed build the registered one?',
  redirect_refused: 'A protected API redirects: call the final URL, or pass redirect: "manual"',
  closed: 'The client is closed: create another',
}

/** The same call may succeed later without anyone changing anything. */
const malfunctions = {
  network: 'No endpoint can be reached: check the connection, try again',
  timeout: 'No endpoint answered in time: check the connection, try again',
  response_invalid: 'The answer is not that of the service: check the endpoints, and proxies between',
  service_unavailable: 'The service has a fault: try again later',
  rate_limited: 'The service asks for fewer requests: try again after retryAfter seconds',
  challenge_stale: 'Two challenges in a row were outdated or used: try again',
  measurement_failed: 'The code image cannot be read: see cause, check its reader',
  key_store_failed: 'The installation key cannot be used, nor a new one made: see cause',
  evidence_failed: 'A source of platform evidence failed: see cause',
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
