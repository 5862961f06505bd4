/** A malfunction that may be over soon: ours, or of what we depend on. Never a verdict. */
export abstract class RetryableError extends Error {
  /** Seconds after which it may be tried again. */
  abstract readonly retryAfter: number
}

/** More was asked than can be done: one request of many, so that a sample is logged. */
export class Overload extends RetryableError {
  override readonly name = 'Overload'
  /** Seconds, 1 to 5: drawn anew, so that callers do not come back together. */
  override readonly retryAfter: number

  /** @param chance from 0 to 1 */
  constructor(chance: number) {
    super('the service has more to do than it can')
    this.retryAfter = 1 + Math.floor(chance * 5)
  }
}
