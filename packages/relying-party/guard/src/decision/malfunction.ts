import type { Eventually } from '../crypto/guard-crypto.ts'
import type { GuardMalfunctionCode } from './error-codes.ts'

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
