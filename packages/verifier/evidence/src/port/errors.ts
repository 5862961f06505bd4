/**
 * Bad evidence: the one kind of error by which a format refuses. `code` is from the closed union of the format and
 * is in `docs/errors.md`; the message never contains a value from the evidence.
 */
export class EvidenceError<Code extends string = string> extends Error {
  override readonly name = 'EvidenceError'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Something external that a verification depends on cannot be used now: a malfunction, never a verdict. The same
 * evidence may come again.
 */
export class UnavailableError extends Error {
  override readonly name: string = 'UnavailableError'
}

/**
 * Evidence came but was not read: the calls to its vendor are spent, and the operator said to go on. It affirms
 * nothing, so the result is `warning` at best.
 */
export class UnreadError extends Error {
  override readonly name = 'UnreadError'
  /** A finding of appraisal. */
  readonly reason: string

  constructor(reason: string) {
    super('the evidence was not read')
    this.reason = reason
  }
}
