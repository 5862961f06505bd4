import { invalidArgument } from '@assay/protocol'
import type { Eventually } from './ports.ts'

/**
 * Work that calls its ports as it goes: it yields what a port returned and receives the bytes. One body then serves
 * both the Verifier, whose ports mostly answer synchronously, and an SDK, whose ports return promises.
 */
export type Work<T> = Generator<Eventually<Uint8Array>, T, Uint8Array>

/** Carries out work whose ports may return promises. */
export async function inTime<T>(work: Work<T>): Promise<T> {
  let step = work.next()
  while (step.done !== true) step = work.next(await step.value)
  return step.value
}

/**
 * Carries out work whose ports all answer synchronously. @throws TypeError (`ERR_INVALID_ARG_VALUE`) if one does not.
 */
export function atOnce<T>(work: Work<T>): T {
  let step = work.next()
  while (step.done !== true) {
    if (isPromise(step.value)) throw invalidArgument('a port answered by a promise')
    step = work.next(step.value)
  }
  return step.value
}

/** Carries out work that waits for nothing but promises: where no port answers by one, the result is there at once. */
export function eventually<T>(work: Work<T>, step = work.next()): Eventually<T> {
  while (step.done !== true) {
    if (isPromise(step.value)) return step.value.then((bytes) => eventually(work, work.next(bytes)))
    step = work.next(step.value)
  }
  return step.value
}

function isPromise(value: Eventually<Uint8Array>): value is Promise<Uint8Array> {
  return typeof (value as { then?: unknown }).then === 'function'
}
