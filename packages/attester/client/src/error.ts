import type { MeasurementError } from '@assay/measurement'
// Types only: an app does not ship the texts.
import type { clientCodes } from './codes.ts'

/** `docs/errors.md` says what to do about each. */
export type ClientErrorCode = keyof typeof clientCodes

type Refusal = {
  [Code in ClientErrorCode]: (typeof clientCodes)[Code]['retryable'] extends false ? Code : never
}[ClientErrorCode]

/** Trying again changes nothing: what to do instead. */
const refusals: Readonly<Record<Refusal, string>> = {
  attestation_denied: 'see the trace',
  build_refused: 'update the app or register the build',
  not_registered: 'register app and audience',
  request_refused: 'update the app or the service',
  plan_refused: 'update the app or register the build',
  page_refused: "admit 'self' in connect-src",
  service_outdated: 'update the service',
  sdk_outdated: 'update the app',
  redirect_refused: 'update the URL',
  closed: 'create a client',
}

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
  declare readonly trace: string | undefined
  /** The code of the problem document, where the service sent one. */
  declare readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  declare readonly retryAfter: number | undefined

  constructor(code: ClientErrorCode, details?: ClientErrorDetails) {
    const wayOut = refusals[code as Refusal] as string | undefined
    super(`${code}: ${wayOut ?? 'see cause, try again'}`, details)
    Object.assign(this, details, { name: 'AssayClientError', code, retryable: !wayOut })
  }
}

/**
 * What `work` gives. What it throws becomes the cause of an error with `code`, or with `plan_refused` where measuring
 * refuses a plan, unless it is one of ours already.
 */
export async function orFail<T>(code: ClientErrorCode, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AssayClientError) throw cause
    // What is not an error of measuring has no code, or another.
    const isPlan = /^PLAN_/.test((cause as MeasurementError | undefined)?.code as string)
    throw new AssayClientError(isPlan ? 'plan_refused' : code, { cause })
  }
}
