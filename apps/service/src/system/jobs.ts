/** Work that comes round again. */
export function createJobs(onMalfunction: (error: unknown) => void) {
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  let stopped = false

  const schedule = (milliseconds: number, work: () => Promise<void>, first: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      const run = work()
        .catch(onMalfunction)
        .finally(() => {
          running.delete(run)
          if (!stopped) schedule(milliseconds, work, milliseconds)
        })
      running.add(run)
    }, first)
    timer.unref()
    timers.add(timer)
  }

  return {
    /** Milliseconds after `first`, and then after each end of the work, which so never overlaps itself. */
    every(milliseconds: number, work: () => Promise<void>, first = milliseconds): void {
      schedule(milliseconds, work, first)
    },
    /** Starts nothing more, and waits for what is running. */
    async stop(): Promise<void> {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
