/** @param signal says that it is to end at the next good moment: stopping waits for it */
type Work = (signal: AbortSignal) => Promise<void>

/** Work that comes round again. */
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
    /** Milliseconds after `first`, and then after each end of the work, which so never overlaps itself. */
    every(milliseconds: number, work: Work, first = milliseconds): void {
      schedule(milliseconds, work, first)
    },
    /** Starts nothing more, tells what is running to end, and waits for it. */
    async stop(): Promise<void> {
      stopping.abort()
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
