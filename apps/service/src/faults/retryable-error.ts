/** A malfunction that may be over soon: ours, or of what we depend on. Never a verdict. */
export abstract class RetryableError extends Error {
  /** Seconds after which it may be tried again. */
  abstract readonly retryAfter: number
}
