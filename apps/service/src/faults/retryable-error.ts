/** A malfunction that may be over soon: our own, or of something we depend on. Never a refusal. */
export abstract class RetryableError extends Error {
  /** Seconds after which it may be tried again. */
  abstract readonly retryAfter: number
  /** The code in traces and counts, if it says more than the problem that the caller learns. */
  readonly traceCode?: string
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

/** The service has been told to stop: a balancer learns that it must ask another. Nothing is wrong. */
export class Stopping extends RetryableError {
  override readonly name = 'Stopping'
  override readonly retryAfter = 5

  constructor() {
    super('the service is stopping')
  }
}

/** What happens as planned, or to many at once: it is logged as a refusal, not as a malfunction with its stack. */
export const isExpected = (cause: unknown): boolean => cause instanceof Overload || cause instanceof Stopping
