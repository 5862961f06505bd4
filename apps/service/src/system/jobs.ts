/** @param signal asks the work to end at the next good moment: stopping waits for it */
export type Work = (signal: AbortSignal) => Promise<void>

/** Recurring work. */
export function createJobs(onMalfunction: (error: unknown) => void) {
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  const { signal } = stopping

  const schedule = (milliseconds: number, work: Work, first: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      const run = work(signal)
        .catch(onMalfunction)
        .finally(() => {
          running.delete(run)
          if (!signal.aborted) schedule(milliseconds, work, milliseconds)
        })
      running.add(run)
    }, first)
    timer.unref()
    timers.add(timer)
  }

  return {
    /** Milliseconds after `first`, and then after each end of the work, which therefore never overlaps itself. */
    every(milliseconds: number, work: Work, first = milliseconds): void {
      schedule(milliseconds, work, first)
    },
    /** Starts nothing more, asks running work to end, and waits for it. */
    async stop(): Promise<void> {
      stopping.abort()
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
