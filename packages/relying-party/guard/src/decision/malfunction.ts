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

/** What `port` answers. Its failure becomes a malfunction under `code`, unless it already is one. */
export async function answered<T>(code: GuardMalfunctionCode, port: () => Eventually<T>): Promise<T> {
  try {
    return await port()
  } catch (cause) {
    throw cause instanceof GuardMalfunction ? cause : new GuardMalfunction(code, { cause })
  }
}

/** As {@link answered}, and an answer that takes longer than `milliseconds` is a failure too. */
export async function answeredWithin<T>(
  code: GuardMalfunctionCode,
  milliseconds: number,
  port: () => Eventually<T>,
): Promise<T> {
  return answered(code, () => {
    const answer = port()
    return isPromiseLike(answer) ? withTimeLimit(answer, milliseconds) : answer
  })
}

function isPromiseLike<T>(value: Eventually<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function withTimeLimit<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
