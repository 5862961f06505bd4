import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'

/** Milliseconds within which a program that has started does its one-time work. */
const settling = 5_000

/**
 * Keeps the young generation of the heap at its smallest while `work` goes on, and shortly after. Loading a program
 * fills it once with objects that stay. If it grew for them, it would keep some 30 MB that an idle service never needs.
 * Under load it grows later.
 */
export async function withSmallYoungHeap<T>(work: () => Promise<T>): Promise<T> {
  // V8 reads the factor each time that it would grow.
  setFlagsFromString('--semi-space-growth-factor=1')
  try {
    return await work()
  } finally {
    void wait(settling, undefined, { ref: false }).then(() =>
      setFlagsFromString('--semi-space-growth-factor=2'),
    )
  }
}
