import type { Fault, Length, Outcome, Store } from './fault.ts'
import { stores } from './fault.ts'
import { rowOf, type Row } from './row.ts'
import { canMountDisk } from './stage/small-disk.ts'
import { setStage } from './stage/stage.ts'

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
  readonly tell: (line: string) => void
}

/** Each fault on each of its stores, each over a service and a store of its own. */
export async function runFaults(
  faults: readonly Fault[],
  { length, store: only, tell }: RunOptions,
): Promise<{ results: Result[]; notRun: string[] }> {
  const results: Result[] = []
  const notRun: string[] = []
  for (const store of stores.filter((each) => only === undefined || each === only)) {
    for (const fault of faults.filter((each) => each.stores.includes(store))) {
      const name = `${fault.name}@${store}`
      const lacking = fault.lacks?.()
      if (lacking !== undefined) {
        notRun.push(`${name}: ${lacking}`)
        continue
      }
      if (fault.disk !== undefined && !canMountDisk()) {
        tell(`${name} is not tried: this process may not mount a disk`)
        continue
      }
      const running = await setStage({ store, disk: fault.disk, tell })
      if (running === undefined) {
        notRun.push(`${name}: the store is not installed`)
        continue
      }
      tell(`${name} …`)
      try {
        const outcome = await fault.run(running.stage, length)
        const row = rowOf(name, outcome)
        tell(`  ${row.ok ? 'ok' : 'FAILED'} ${JSON.stringify({ ...row, facts: outcome.facts })}`)
        for (const line of outcome.unmet) tell(`  not so: ${line}`)
        results.push({ fault, store, row, outcome })
      } catch (error) {
        tell(`  ${(error as Error).message}\n${running.stage.node.log()}`)
        throw error
      } finally {
        await running.close()
      }
    }
  }
  return { results, notRun }
}
