/** Time that passes only on command, and a device whose wall clock may be wrong. */
export interface FakeDevice {
  clock: { monotonic(): number; wall(): number }
  timers: { set(callback: () => void, milliseconds: number): unknown; clear(handle: unknown): void }
  /** Lets time pass: timers fall due in order, and what they set off is carried out. */
  pass(milliseconds: number): Promise<void>
  /** Monotonic clock and timers stand still. */
  sleep(milliseconds: number): void
  setWall(milliseconds: number): void
}

interface Waiting {
  due: number
  callback: () => void
}

/** Everything that can go on without time passing goes on. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

export function fakeDevice(wallError: number): FakeDevice {
  const begin = 1_790_000_000_000
  /** No clock of a device starts at zero. */
  const monotonicBegin = 5_000
  let now = 0
  let wall = wallError
  const waiting = new Set<Waiting>()
  return {
    clock: { monotonic: () => monotonicBegin + now, wall: () => begin + now + wall },
    timers: {
      set(callback, milliseconds) {
        const entry = { due: now + milliseconds, callback }
        waiting.add(entry)
        return entry
      },
      clear: (handle) => void waiting.delete(handle as Waiting),
    },
    async pass(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const [next] = [...waiting].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
        if (next === undefined) break
        now = Math.max(now, next.due)
        waiting.delete(next)
        next.callback()
        await idle()
      }
      now = end
    },
    sleep: (milliseconds) => void (wall += milliseconds),
    setWall: (milliseconds) => void (wall += milliseconds),
  }
}
