import type { Fault, Length } from './fault/fault.ts'
import type { Store } from './stage/store.ts'
import type { Outcome } from './stage/outcome.ts'
import { stores } from './stage/store.ts'
import { rowOf, type Row } from './row.ts'
import { sideBySide } from './side-by-side.ts'
import { tryApart } from './try-apart.ts'
import type { Trial } from './try-fault.ts'

/** A fault that was tried on one store. */
export interface Result {
  readonly fault: Fault
  readonly store: Store
  readonly row: Row
  readonly outcome: Outcome
}

interface RunOptions {
  readonly length: Length
  /** The one store; undefined for all. */
  readonly store: Store | undefined
  /** The most faults that are tried side by side. */
  readonly atOnce: number
  readonly tell: (line: string) => void
}

/** Tries each fault on each of its stores, each time with a new service and store. */
export async function runFaults(
  faults: readonly Fault[],
  { length, store: only, atOnce, tell }: RunOptions,
): Promise<{ results: Result[]; notRun: string[] }> {
  const jobsOf = (store: Store) =>
    faults
      .filter((fault) => fault.stores.includes(store))
      .map((fault) => ({ name: `${fault.name}@${store}`, alone: fault.alone === true, fault, store }))
  const groups = stores.filter((each) => only === undefined || each === only).map(jobsOf)
  const jobs = roundRobin(groups)
  const trials = await sideBySide(jobs, {
    atOnce,
    tell,
    tryOnce: async ({ name, fault, store }) => {
      tell(`${name} …`)
      const say = (line: string) => tell(`${name}: ${line}`)
      const trial = await tryApart({ fault: fault.name, store, length }, say)
      for (const line of linesOf(name, trial)) tell(line)
      return trial
    },
  })
  const results: Result[] = []
  const notRun: string[] = []
  for (const job of groups.flat()) {
    const trial = trials.get(job) as Trial
    if ('outcome' in trial) results.push({ ...job, ...trial, row: rowOf(job.name, trial.outcome) })
    else if (!trial.isExcused) notRun.push(`${job.name}: ${trial.notRun}`)
  }
  return { results, notRun }
}

function linesOf(name: string, trial: Trial): string[] {
  if (!('outcome' in trial)) return [`${name} is not tried: ${trial.notRun}`]
  const { outcome } = trial
  const row = rowOf(name, outcome)
  return [
    `  ${row.ok ? 'ok' : 'FAILED'} ${JSON.stringify({ ...row, facts: outcome.facts })}`,
    ...outcome.unmet.map((line) => `  not so: ${line}`),
  ]
}

/** Takes one of each group in turn, so that the jobs side by side are not all of one kind. */
export function roundRobin<Each>(groups: readonly (readonly Each[])[]): Each[] {
  const most = Math.max(0, ...groups.map(({ length }) => length))
  return Array.from({ length: most }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1))).flat()
}
