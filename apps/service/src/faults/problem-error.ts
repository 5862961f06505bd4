import type { FaultyPlace, ProblemCode, ProblemDocument, Remedy } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { UnavailableError } from '@assay/evidence'
import { RetryableError } from './retryable-error.ts'

export interface ProblemAbout {
  readonly app: string
  readonly build?: string
  /** Why evidence was denied, which the caller does not learn. */
  readonly refusal?: string
}

/** The limit that a request was beyond, for those who count. */
type Limit = `LIMIT_${string}`

interface ProblemDetails {
  /** For `request_invalid` and `policy_invalid`: where and what, never the value. */
  errors?: FaultyPlace[] | undefined
  /** For `build_refused`: the reader's own code. For `build_exists`: which members differ. For `/readyz`: what is wrong. */
  reason?: string | undefined
  /** For `build_refused`: the file of the build that is at fault. */
  file?: string | undefined
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: readonly number[] | undefined
  /** What the user of the app can do about it, where the operator lets the app tell. */
  remedy?: Remedy | undefined
  /** The trace under which the operator finds the reason; default: that of the request that is answered. */
  trace?: string | undefined
  /** Seconds after which the same request may come again: for `temporarily_unavailable` and `rate_limited`. */
  retryAfter?: number | undefined
  /** Whom a refusal concerns, for the log: registered names only. */
  about?: ProblemAbout | undefined
  /** For `rate_limited`: which limit, for the operator's counts. */
  limit?: Limit | undefined
  cause?: unknown
}

/** Ends a request with a problem document. The caller sees the code with its fixed title, never a message. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly errors: ProblemDocument['errors']
  readonly reason: string | undefined
  readonly file: string | undefined
  readonly supported: readonly number[] | undefined
  readonly remedy: Remedy | undefined
  readonly trace: string | undefined
  readonly retryAfter: number | undefined
  readonly about: ProblemAbout | undefined
  readonly limit: Limit | undefined

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(problems[code].title, { cause: details.cause })
    this.code = code
    this.errors = details.errors
    this.reason = details.reason
    this.file = details.file
    this.supported = details.supported
    this.remedy = details.remedy
    this.trace = details.trace
    this.retryAfter = details.retryAfter
    this.about = details.about
    this.limit = details.limit
  }
}

/**
 * Seconds. The data that evidence is checked against, such as a list of revoked keys, is read again within a minute.
 */
const unavailableEvidence = 10

/** The problem that answers a thrown error. Anything unexpected is `internal_error`. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof RetryableError)
    return new ProblemError('temporarily_unavailable', { retryAfter: error.retryAfter, cause: error })
  if (error instanceof UnavailableError)
    return new ProblemError('temporarily_unavailable', { retryAfter: unavailableEvidence, cause: error })
  return new ProblemError('internal_error', { cause: error })
}
