import { createJobs, type Work } from '../system/jobs.ts'

/** Work that recurs while the service runs. */
export interface Job {
  /** Milliseconds from the end of one run to the next. */
  readonly every: number
  /** Milliseconds before the first run; default `every`. */
  readonly first?: number
  readonly work: Work
}

/** A part of the service: what it handles, what it does by itself, and how it ends. */
export interface Feature<Handlers = unknown> {
  readonly handlers: Handlers
  /** Called once, when the service listens. */
  readonly begin?: () => void
  readonly jobs?: readonly Job[]
  /** Removes what is old. Called once an hour, as long as the time of day can be trusted. */
  readonly prune?: (signal: AbortSignal) => Promise<void>
  /** Takes no more requests, and waits for those under way; everything else still works. */
  readonly drain?: () => Promise<void>
  /** Called once its jobs have ended: writes what is pending, and gives back what it holds. */
  readonly close?: () => Promise<void>
}

/**
 * Begins and closes features, each time in their order. What others need to end is closed after them.
 *
 * @param onMalfunction called with what fails in a job
 */
export function createLifecycle(features: readonly Feature[], onMalfunction: (error: unknown) => void) {
  const parts = features.map((feature) => ({ feature, jobs: createJobs(onMalfunction) }))

  const closeAll = async (): Promise<void> => {
    const failures: unknown[] = []
    const attempt = async (step: (() => Promise<void>) | undefined): Promise<void> => {
      await step?.().catch((error: unknown) => failures.push(error))
    }
    await Promise.all(features.map(({ drain }) => attempt(drain)))
    // No job begins any more, whichever feature is closed first.
    const stopped = parts.map(({ feature, jobs }) => ({ feature, ended: jobs.stop() }))
    for (const { feature, ended } of stopped) {
      await ended
      await attempt(feature.close)
    }
    if (failures.length > 0) throw failures[0]
  }

  let closed: Promise<void> | undefined
  return {
    begin(): void {
      for (const { feature, jobs } of parts) {
        feature.begin?.()
        for (const { every, work, first = every } of feature.jobs ?? []) jobs.every(every, work, first)
      }
    },
    /** Closes every feature, whatever fails on the way. @throws the first failure, once all are closed */
    close: (): Promise<void> => (closed ??= closeAll()),
  }
}
