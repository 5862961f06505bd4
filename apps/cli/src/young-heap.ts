import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'

/** Milliseconds in which a program that has started does what it does only once. */
const settling = 5_000

/**
 * Keeps the young generation of the heap at its smallest while `work` goes on, and shortly after. Loading a program fills
 * it once with what stays; grown for that, it would keep some 30 MB that an idle service never needs. Under load it grows
 * afterwards.
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
