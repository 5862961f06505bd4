import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'

/** Milliseconds within which a program does its one-time work after it has started. */
const settling = 5_000

/** Percent by which the old generation may grow beyond what was live before its garbage is removed. */
const growth = 50

/**
 * Keeps the heap of this process lean.
 *
 * The old generation is collected when it has grown by half; V8 would let it grow to more than three times what is
 * live, and gives little of that back. So little outlives an exchange that collecting it more often costs no time that
 * `attest.software` shows.
 *
 * The young generation stays at its smallest while `work` goes on, and shortly after. Loading a program fills it once with
 * objects that stay. If it grew for them, it would keep some 30 MB that an idle service never needs. Under load it grows
 * later.
 */
export async function withLeanHeap<T>(work: () => Promise<T>): Promise<T> {
  // V8 reads both each time that a generation would grow.
  setFlagsFromString(`--heap-growing-percent=${growth}`)
  setFlagsFromString('--semi-space-growth-factor=1')
  try {
    return await work()
  } finally {
    void wait(settling, undefined, { ref: false }).then(() =>
      setFlagsFromString('--semi-space-growth-factor=2'),
    )
  }
}
