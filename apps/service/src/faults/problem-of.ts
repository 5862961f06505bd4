import { UnavailableError } from '@assay/evidence'
import { ProblemError } from './problem-error.ts'
import { RetryableError } from './retryable-error.ts'

/** Seconds: what evidence is checked against, such as a list of revoked keys, is read again within a minute. */
const unavailableEvidence = 10

/** The problem that answers whatever was thrown. Anything unexpected is `internal_error`. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof RetryableError)
    return new ProblemError('temporarily_unavailable', { retryAfter: error.retryAfter, cause: error })
  if (error instanceof UnavailableError)
    return new ProblemError('temporarily_unavailable', { retryAfter: unavailableEvidence, cause: error })
  return new ProblemError('internal_error', { cause: error })
}
