/** How a reservation ends, as one call of the store. It may be sent again: the store takes each once. */
export type Settlement = () => Promise<unknown>

export interface Settlements {
  /** Sends it, and again each second until the store has answered. Nobody waits for it. */
  send(settlement: Settlement): void
  /** Resolves when all that were sent have been answered, or have failed once more. Nothing is sent again afterwards. */
  close(): Promise<void>
}

/** Settlements that are kept while the store does not answer. What of the oldest was reserved then stays reserved. */
const mostKept = 10_000
const againAfter = 1_000

/** @param schedule calls a function after so many milliseconds, and returns what undoes that */
export function createSettlements(
  schedule: (call: () => void, milliseconds: number) => () => void,
): Settlements {
  const kept = new Set<Settlement>()
  const running = new Set<Promise<void>>()
  let cancel: (() => void) | undefined
  let isClosed = false

  const run = (settlement: Settlement) => {
    const attempt = settlement().then(
      () => undefined,
      () => keep(settlement),
    )
    const done = attempt.then(() => void running.delete(done))
    running.add(done)
  }
  const keep = (settlement: Settlement) => {
    kept.add(settlement)
    const [oldest] = kept
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    if (!isClosed) cancel ??= schedule(again, againAfter)
  }
  const again = () => {
    cancel = undefined
    const all = [...kept]
    kept.clear()
    all.forEach(run)
  }
  return {
    send: run,
    async close() {
      isClosed = true
      cancel?.()
      again()
      await Promise.all(running)
    },
  }
}
