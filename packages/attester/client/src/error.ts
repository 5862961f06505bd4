/** Trying again changes nothing: what to do instead. */
const refusals = {
  attestation_denied: 'the operator looks up the trace',
  build_refused: 'update the app, or register the build',
  not_registered: 'register app and audience',
  request_refused: 'update SDK or service',
  plan_refused: 'install the registered build',
  redirect_refused: 'call the final URL, or pass redirect: "manual"',
  closed: 'create another client',
}

const connection = 'check the connection, try again'
const cause = 'see cause, try again'

/** The same call may succeed later without anyone changing anything. */
const malfunctions = {
  network: connection,
  timeout: connection,
  response_invalid: 'check endpoints and proxies',
  service_unavailable: 'try again later',
  rate_limited: 'try again after retryAfter seconds',
  challenge_stale: 'try again',
  measurement_failed: cause,
  key_store_failed: cause,
  evidence_failed: cause,
}

const waysOut = { ...refusals, ...malfunctions }

export type ClientErrorCode = keyof typeof waysOut

/** Every code that {@link AssayClientError} carries. `docs/errors.md` says what to do about each. */
export const clientErrorCodes = /* @__PURE__ */ Object.keys(waysOut) as readonly ClientErrorCode[]

export interface ClientErrorDetails {
  cause?: unknown
  trace?: string | undefined
  problem?: string | undefined
  retryAfter?: number | undefined
}

/**
 * Why no token could be had, or why a protected request was not sent. The message is the code and the way out of it.
 *
 * `attestation_denied` is a denial: the evidence is bad. The other codes that are not `retryable` need a new release,
 * a registration or another configuration; those that are are malfunctions. Misuse of the SDK is a `TypeError` instead.
 */
export class AssayClientError extends Error {
  declare readonly code: ClientErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  declare readonly retryable: boolean
  /** Names the exchange to the operator of the service, and tells nobody else anything. */
  readonly trace: string | undefined
  /** The code of the problem document, where the service sent one. */
  readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  readonly retryAfter: number | undefined

  constructor(code: ClientErrorCode, details: ClientErrorDetails = {}) {
    super(`${code}: ${waysOut[code]}`, details)
    const retryable = code in malfunctions
    Object.assign(this, details, { name: 'AssayClientError', code, retryable })
  }
}

/** What `work` gives; what it throws becomes the cause of an error with `code`, unless it is one of ours already. */
export async function orFail<T>(code: ClientErrorCode, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof AssayClientError ? cause : new AssayClientError(code, { cause })
  }
}
