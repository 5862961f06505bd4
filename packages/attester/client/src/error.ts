/** Every code that {@link AssayClientError} carries. `docs/errors.md` says what to do about each. */
export const clientErrorCodes = [
  'attestation_denied',
  'build_refused',
  'not_registered',
  'request_refused',
  'challenge_stale',
  'rate_limited',
  'service_unavailable',
  'network',
  'timeout',
  'response_invalid',
  'plan_refused',
  'measurement_failed',
  'key_store_failed',
  'evidence_failed',
  'redirect_refused',
  'closed',
] as const
export type ClientErrorCode = (typeof clientErrorCodes)[number]

const messages: Record<ClientErrorCode, string> = {
  attestation_denied: 'The service denied the attestation; its operator finds the reason under the trace id',
  build_refused: 'The service does not accept this build: update the app, or register the build',
  not_registered: 'The app, or one of its audiences for this app, is not registered at the service',
  request_refused:
    'The service refused the form of the request: SDK and service do not fit; update the older one',
  challenge_stale: 'Two challenges in a row were refused as outdated or used: try again',
  rate_limited: 'The service asks for fewer requests: try again after retryAfter seconds',
  service_unavailable: 'The service has a fault of its own: try again later',
  network: 'No endpoint of the service could be reached: check the connection, try again',
  timeout: 'The service did not answer in time: check the connection, try again',
  response_invalid: 'The answer is not that of an Assay service: check the endpoints, or a proxy between',
  plan_refused:
    'The measurement plan does not fit this app: check that the registered build is the installed one',
  measurement_failed: 'The code of the app could not be read: see cause, check the CodeImage reader',
  key_store_failed: 'The installation key cannot be used and a new one could not be made: see cause',
  evidence_failed: 'A source of platform evidence failed: see cause for the code of the platform',
  redirect_refused:
    'A protected API answered with a redirect: call the final URL, or pass redirect: "manual"',
  closed: 'The client has been closed: create another',
}

/** What the same call may cure by itself, sooner or later. */
const retryable: readonly ClientErrorCode[] = [
  'challenge_stale',
  'rate_limited',
  'service_unavailable',
  'network',
  'timeout',
  'response_invalid',
  'measurement_failed',
  'key_store_failed',
  'evidence_failed',
]

export interface ClientErrorDetails {
  cause?: unknown
  trace?: string | undefined
  problem?: string | undefined
  retryAfter?: number | undefined
}

/**
 * Why no token could be had, or why a protected request was not sent.
 *
 * `attestation_denied` is a denial: the evidence is bad, and trying again does not help. `build_refused`,
 * `not_registered`, `request_refused` and `plan_refused` need a new release, a registration or another
 * configuration. The others are malfunctions, and `retryable`. Misuse of the SDK is a `TypeError` instead.
 */
export class AssayClientError extends Error {
  override readonly name = 'AssayClientError'
  readonly code: ClientErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean
  /** Names the exchange to the operator of the service, and tells nobody else anything. */
  readonly trace: string | undefined
  /** The code of the problem document, where the service sent one. */
  readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  readonly retryAfter: number | undefined

  constructor(code: ClientErrorCode, details: ClientErrorDetails = {}) {
    super(messages[code], 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.retryable = retryable.includes(code)
    this.trace = details.trace
    this.problem = details.problem
    this.retryAfter = details.retryAfter
  }
}

/** Misuse by the caller. */
export function invalidArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}
