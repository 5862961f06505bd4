import { isOnlyLate } from './row.ts'
import type { Trial } from './try-fault.ts'

/** Something to try, alone or next to others. */
interface Job {
  readonly name: string
  readonly alone: boolean
}

interface SideBySideOptions<Each extends Job> {
  /** The most jobs that run side by side. */
  readonly atOnce: number
  readonly tryOnce: (job: Each) => Promise<Trial>
  readonly tell: (line: string) => void
}

/**
 * Tries every job; those that must run alone come last. **Only one thing is excused:** a job whose only fault is a late
 * recovery, while others used the processor, is tried once more, alone. That result counts, and says so.
 */
export async function sideBySide<Each extends Job>(
  jobs: readonly Each[],
  { atOnce, tryOnce, tell }: SideBySideOptions<Each>,
): Promise<Map<Each, Trial>> {
  const trials = new Map<Each, Trial>()
  const running = new Set<{ hadOthers: boolean }>()
  const late: { job: Each; recoveryMs: number }[] = []

  const run = async (job: Each): Promise<void> => {
    const mine = { hadOthers: running.size > 0 }
    for (const other of running) other.hadOthers = true
    running.add(mine)
    const trial = await tryOnce(job)
    running.delete(mine)
    trials.set(job, trial)
    if (mine.hadOthers && 'outcome' in trial && isOnlyLate(trial.outcome)) {
      tell(`${job.name} recovered late, beside others: it is tried once more, alone`)
      late.push({ job, recoveryMs: trial.outcome.recoveryMs })
    }
  }

  const waiting = jobs.filter(({ alone }) => !alone)
  const runNext = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job)
  }
  await Promise.all(Array.from({ length: atOnce }, runNext))
  for (const job of jobs.filter(({ alone }) => alone)) await run(job)
  for (const { job, recoveryMs } of late) trials.set(job, again(await tryOnce(job), recoveryMs))
  return trials
}

/** The second trial, which reports the result of the first. */
function again(trial: Trial, recoveryMs: number): Trial {
  if (!('outcome' in trial)) return trial
  const facts = { 'recovered at first, beside others, ms': Math.round(recoveryMs), ...trial.outcome.facts }
  return { outcome: { ...trial.outcome, facts } }
}
