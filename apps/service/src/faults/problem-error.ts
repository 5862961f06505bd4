import type { ProblemCode, ProblemDocument } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'

interface ProblemDetails {
  /** For `request_invalid`: where and what, never the value. */
  errors?: { pointer: string; code: string }[] | undefined
  /** For `build_refused`: the reader's own code. */
  reason?: string | undefined
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: readonly number[] | undefined
  /** Under which the operator finds the reason; default: the trace of the request that is answered. */
  trace?: string | undefined
  /** Seconds after which the same request may come again: for `temporarily_unavailable` and `rate_limited`. */
  retryAfter?: number | undefined
  cause?: unknown
}

/** Ends a request with a problem document. What the caller is told is the code with its fixed title, never a message. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly errors: ProblemDocument['errors']
  readonly reason: string | undefined
  readonly supported: readonly number[] | undefined
  readonly trace: string | undefined
  readonly retryAfter: number | undefined

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(problems[code].title, { cause: details.cause })
    this.code = code
    this.errors = details.errors
    this.reason = details.reason
    this.supported = details.supported
    this.trace = details.trace
    this.retryAfter = details.retryAfter
  }
}
