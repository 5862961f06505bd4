/** A malfunction that may be over soon: our own, or of something we depend on. Never a refusal. */
export abstract class RetryableError extends Error {
  /** Seconds after which it may be tried again. */
  abstract readonly retryAfter: number
}

/**
 * Seconds, 1 to 5, drawn anew each time, so that callers do not all come back together.
 *
 * @param chance from 0 to 1
 */
export const soon = (chance: number): number => 1 + Math.floor(chance * 5)

/** A malfunction that is probably over in seconds. */
export abstract class ShortMalfunction extends RetryableError {
  override readonly retryAfter: number

  /** @param chance from 0 to 1 */
  constructor(message: string, chance: number) {
    super(message)
    this.retryAfter = soon(chance)
  }
}

/** The service is overloaded: many requests fail like this, so only a sample is logged. */
export class Overload extends ShortMalfunction {
  override readonly name = 'Overload'

  /** @param chance from 0 to 1 */
  constructor(chance: number) {
    super('the service has more to do than it can', chance)
  }
}
