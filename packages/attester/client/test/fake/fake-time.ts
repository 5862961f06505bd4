import type { Clock, Timers } from '../../src/runtime/ports.ts'

/** Time that passes only on command, and a device whose wall clock may be wrong. */
export interface FakeTime {
  clock: Clock
  timers: Timers
  /** The true Unix seconds, at the service. */
  trueSeconds(): number
  /** Lets time pass: timers fire in order, and what they start is carried out. */
  advance(milliseconds: number): Promise<void>
  /** Advances until `promise` settles, at most `atMost` milliseconds. */
  settle<T>(promise: Promise<T>, atMost?: number): Promise<T>
  /** Sets the wall clock of the device forward or back. */
  setWall(byMilliseconds: number): void
  /** The device sleeps: its monotonic clock and its timers stand still. */
  sleep(milliseconds: number): void
  /** Timers that are set, in milliseconds from now. */
  pending(): number[]
}

interface Waiting {
  due: number
  callback: () => void
}

/** Everything that can go on without time passing goes on. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

export function fakeTime(): FakeTime {
  const trueStart = 1_790_000_000_000
  let now = 5_000
  let wallError = 0
  let slept = 0
  const waiting = new Set<Waiting>()

  async function advance(milliseconds: number): Promise<void> {
    const end = now + milliseconds
    await idle()
    for (;;) {
      const [next] = [...waiting].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
      if (next === undefined) break
      now = Math.max(now, next.due)
      waiting.delete(next)
      next.callback()
      await idle()
    }
    now = end
    await idle()
  }

  return {
    clock: { monotonic: () => now, wall: () => trueStart + now + slept + wallError },
    timers: {
      set(callback, milliseconds) {
        const entry = { due: now + milliseconds, callback }
        waiting.add(entry)
        return entry
      },
      clear: (handle) => void waiting.delete(handle as Waiting),
    },
    trueSeconds: () => Math.floor((trueStart + now + slept) / 1000),
    advance,
    async settle(promise, atMost = 600_000) {
      let settled = false
      const watched = promise.finally(() => (settled = true))
      watched.catch(() => undefined)
      await idle()
      for (let passed = 0; !settled && passed < atMost; passed += 50) await advance(50)
      if (!settled) throw new Error('not settled in time')
      return watched
    },
    setWall: (byMilliseconds) => void (wallError += byMilliseconds),
    sleep: (milliseconds) => void (slept += milliseconds),
    pending: () => [...waiting].map(({ due }) => due - now).sort((a, b) => a - b),
  }
}
