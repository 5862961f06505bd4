// Types only: an app does not ship the texts.
import type { Remedy } from '@assay/client'
import type { clientCodes } from '@assay/client/codes'
import type { Remedies } from '@assay/protocol'
import type { bridgeCodes } from './codes.ts'

type Codes = Omit<typeof clientCodes, 'page_outdated' | 'page_refused'> & typeof bridgeCodes

/** The codes of the other SDKs, and of the bridge. `docs/errors.md` says what to do about each. */
export type AssayErrorCode = keyof Codes

/** For codes where trying again changes nothing: what to do instead. */
const remedies: Remedies<Codes> = {
  attestation_denied: 'see the trace',
  build_refused: 'update the app or register the build',
  not_registered: 'register app and audience',
  request_refused: 'look up its problem',
  plan_refused: 'update the app or register the build',
  service_outdated: 'update the service',
  sdk_outdated: 'update the app',
  redirect_refused: 'update the URL',
  authorization_present: 'send it without Authorization',
  closed: 'create a client',
  module_missing: 'rebuild the app with the native part of @assay/react-native; Expo Go does not include it',
  module_outdated: 'rebuild the app: its native part and its JavaScript are from different releases',
  bearer_refused: 'use `assay.fetch`, or pass `heedsRedirect: true` for a client that follows no redirects',
}

type Refusal = keyof typeof remedies

/** The same call may succeed later without anyone changing anything. */
const malfunctions: Readonly<Record<Exclude<AssayErrorCode, Refusal>, true>> = {
  network: true,
  timeout: true,
  response_invalid: true,
  service_unavailable: true,
  rate_limited: true,
  challenge_stale: true,
  measurement_failed: true,
  key_store_failed: true,
  evidence_failed: true,
  native_failed: true,
}

/** Whether {@link AssayError} carries this code. */
export function isErrorCode(code: unknown): code is AssayErrorCode {
  return isRefusal(code) || isIn(malfunctions, code)
}

/** What is known about an error besides its code. */
export interface AssayErrorDetails {
  /** What was thrown, if anything. */
  readonly cause?: unknown
  /** Identifies the exchange to the operator. */
  readonly trace?: string | undefined
  /** The code of the problem document. */
  readonly problem?: string | undefined
  /** Seconds that the service asks to wait. */
  readonly retryAfter?: number | undefined
  /** The vendor's name for the fault. */
  readonly vendorCode?: string | undefined
  /** What the user can do. */
  readonly remedy?: Remedy | undefined
}

/**
 * Why no token was available, or why a protected request was not sent. The message is the code and its remedy.
 *
 * `attestation_denied` is a denial: the evidence is bad. The other codes that are not `retryable` need a new release,
 * a registration or another configuration; those that are are malfunctions. Misuse of the SDK is a `TypeError` instead.
 */
export class AssayError extends Error {
  override readonly name = 'AssayError'
  /** What callers match on. */
  readonly code: AssayErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean
  /** Identifies the exchange to the operator of the service, and reveals nothing to anybody else. */
  readonly trace: string | undefined
  /** The code of the problem document, if the service sent one. */
  readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  readonly retryAfter: number | undefined
  /** The name that Android's key store, Google Play or Apple has for the fault, if it was theirs. */
  readonly vendorCode: string | undefined
  /** What the user can do, if the operator lets the app say it. */
  readonly remedy: Remedy | undefined

  /** Apps catch these errors; in tests they may make one. */
  constructor(code: AssayErrorCode, details: AssayErrorDetails = {}) {
    const remedy = isRefusal(code) ? remedies[code] : undefined
    const vendor = details.vendorCode === undefined ? '' : ` (${details.vendorCode})`
    super(`${code}: ${remedy ?? 'try again'}${vendor}`)
    // Not through the options of `Error`, which some versions of Hermes ignore.
    if (details.cause !== undefined) this.cause = details.cause
    this.code = code
    this.retryable = remedy === undefined
    this.trace = details.trace
    this.problem = details.problem
    this.retryAfter = details.retryAfter
    this.vendorCode = details.vendorCode
    this.remedy = details.remedy
  }
}

function isRefusal(code: unknown): code is Refusal {
  return isIn(remedies, code)
}

function isIn(table: object, code: unknown): boolean {
  return typeof code === 'string' && Object.prototype.hasOwnProperty.call(table, code)
}

/** A mistake of the caller. Its message names the option or argument. */
export function misuse(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}
