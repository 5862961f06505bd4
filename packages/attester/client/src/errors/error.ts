import type { MeasurementError } from '@assay/measurement'
import type { Remedies } from '@assay/protocol'
import type { Remedy } from '../wire/remedy.ts'
// Types only: an app does not ship the texts.
import type { clientCodes } from './codes.ts'

/** `docs/errors.md` says what to do about each. */
export type ClientErrorCode = keyof typeof clientCodes

/** For codes where trying again changes nothing: what to do instead. */
const remedies: Remedies<typeof clientCodes> = {
  attestation_denied: 'see the trace',
  build_refused: 'update the app or register the build',
  not_registered: 'register app and audience',
  request_refused: 'look up its problem',
  plan_refused: 'update the app or register the build',
  page_refused: "admit 'self' in connect-src",
  page_outdated: 'reload the page',
  service_outdated: 'update the service',
  sdk_outdated: 'update the app',
  redirect_refused: 'update the URL',
  authorization_present: 'send it without Authorization',
  closed: 'create a client',
}

export interface ClientErrorDetails {
  cause?: unknown
  trace?: string | undefined
  problem?: string | undefined
  retryAfter?: number | undefined
  remedy?: Remedy | undefined
}

/**
 * Why no token was available, or why a protected request was not sent. The message is the code, its remedy, and the problem that
 * the service named.
 *
 * `attestation_denied` is a denial: the evidence is bad. The other codes that are not `retryable` need a new release,
 * a registration or another configuration; those that are are malfunctions. Misuse of the SDK is a `TypeError` instead.
 */
export class AssayClientError extends Error {
  declare readonly code: ClientErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  declare readonly retryable: boolean
  /** Identifies the exchange to the operator of the service, and reveals nothing to anybody else. */
  declare readonly trace: string | undefined
  /** The code of the problem document, if the service sent one. */
  declare readonly problem: string | undefined
  /** Seconds that the service asks to wait. */
  declare readonly retryAfter: number | undefined
  /** What the user can do, if the operator lets the app say it. */
  declare readonly remedy: Remedy | undefined

  constructor(code: ClientErrorCode, details?: ClientErrorDetails) {
    const remedy = (remedies as Readonly<Record<string, string | undefined>>)[code]
    const problem = /^\w{1,64}$/.exec(details?.problem ?? '')?.[0]
    super(
      `${code}: ${remedy ?? 'see cause, try again'}${problem && problem !== code ? ` (${problem})` : ''}`,
      details,
    )
    Object.assign(this, details, { name: 'AssayClientError', code, retryable: !remedy })
  }
}

/**
 * The result of `work`. What it throws becomes the cause of an error with `code`, or with `plan_refused` if measuring
 * refuses a plan, unless it is already one of ours.
 */
export async function orFail<T>(code: ClientErrorCode, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    // `timeout` says that the service did not answer; what else takes too long has a code of its own.
    if (cause instanceof AssayClientError && cause.code !== 'timeout') throw cause
    // Anything but a measuring error has no code, or another one.
    const isPlan = /^PLAN_/.test((cause as MeasurementError | undefined)?.code as string)
    throw new AssayClientError(isPlan ? 'plan_refused' : code, { cause })
  }
}
