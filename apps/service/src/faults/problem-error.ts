import { problems, problemType, type ProblemCode, type ProblemDocument } from '@assay/protocol'

interface ProblemDetails {
  /** For `request_invalid`: where and what, never the value. */
  errors?: { pointer: string; code: string }[] | undefined
  /** For `build_refused`: the reader's own code. */
  reason?: string | undefined
  /** Under which the operator finds the reason; default: the trace of the request that is answered. */
  trace?: string | undefined
  /** HTTP fields to answer with, such as `Retry-After`. */
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/** Ends a request with a problem document. What crosses HTTP is the code with its fixed title, never a message. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly errors: ProblemDetails['errors']
  readonly reason: string | undefined
  readonly trace: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(problems[code].title, { cause: details.cause })
    this.code = code
    this.errors = details.errors
    this.reason = details.reason
    this.trace = details.trace
    this.headers = details.headers ?? {}
  }
}

/** The problem document of `code` (RFC 9457). */
export function problemDocument(
  code: ProblemCode,
  trace: string | undefined,
  { errors, reason }: Pick<ProblemDetails, 'errors' | 'reason'> = {},
): ProblemDocument {
  return {
    type: problemType(code),
    title: problems[code].title,
    status: problems[code].status,
    code,
    ...(trace === undefined ? {} : { trace }),
    ...(errors === undefined ? {} : { errors }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Says when to come back: for `temporarily_unavailable` and `rate_limited`. */
export function retryAfter(seconds: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(1, Math.ceil(seconds))) }
}
