export type Eventually<T> = T | Promise<T>

/** Why a request could not be judged: the fault is on this side, and the request may be sent again. */
export type GuardMalfunctionCode =
  | 'CLOCK_FAILED'
  | 'CRYPTO_FAILED'
  | 'KEY_SOURCE_FAILED'
  | 'REPLAY_STORE_FAILED'
  | 'REPLAY_STORE_FULL'
  | 'NONCE_SOURCE_FAILED'
  | 'DENY_LIST_FAILED'
  | 'STATUS_LIST_FAILED'
  | 'GUARD_FAILED'

/** Thrown inside the guard when one of its ports fails, and turned into a decision at its edge. */
export class GuardMalfunction extends Error {
  override readonly name = 'GuardMalfunction'
  readonly code: GuardMalfunctionCode

  constructor(code: GuardMalfunctionCode, options?: ErrorOptions) {
    super(`the guard cannot judge a request: ${code}`, options)
    this.code = code
  }
}

/**
 * The answer of `port`, synchronous if that is synchronous. Its failure becomes a malfunction with `code`, unless it
 * already is one.
 */
export function answered<T>(code: GuardMalfunctionCode, port: () => Eventually<T>): Eventually<T> {
  try {
    const answer = port()
    return isPromiseLike(answer) ? answer.then(undefined, (cause: unknown) => fail(code, cause)) : answer
  } catch (cause) {
    return fail(code, cause)
  }
}

/** Like {@link answered}, but an answer that takes longer than `milliseconds` is a failure too. */
export function answeredWithin<T>(
  code: GuardMalfunctionCode,
  milliseconds: number,
  port: () => Eventually<T>,
): Eventually<T> {
  return answered(code, () => {
    const answer = port()
    return isPromiseLike(answer) ? withTimeLimit(answer, milliseconds) : answer
  })
}

function fail(code: GuardMalfunctionCode, cause: unknown): never {
  throw cause instanceof GuardMalfunction ? cause : new GuardMalfunction(code, { cause })
}

/**
 * Whether to wait for it: awaiting an available value takes time too, and a request of a known client waits for
 * nothing.
 */
export function isPromiseLike<T>(value: Eventually<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function withTimeLimit<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
    const settled = () => clearTimeout(timer)
    answer.then(resolve, reject).then(settled, settled)
  })
}

/** Calls a hook of the API or its runtime. Whatever it throws or rejects with goes to `onFault`, and no further. */
export function callHook(hook: () => unknown, onFault: ((fault: unknown) => unknown) | undefined): void {
  attempt(hook, (fault) => {
    // Nobody is left to report it to.
    if (onFault !== undefined)
      attempt(
        () => onFault(fault),
        () => undefined,
      )
  })
}

function attempt(hook: () => unknown, failed: (fault: unknown) => void): void {
  try {
    const outcome = hook()
    if (isPromiseLike(outcome)) outcome.then(undefined, failed)
  } catch (fault) {
    failed(fault)
  }
}

/** A port that answers with anything else violates its contract: it is never taken for an answer. */
export function asBoolean(code: GuardMalfunctionCode, answer: unknown): boolean {
  if (typeof answer !== 'boolean') throw new GuardMalfunction(code)
  return answer
}
