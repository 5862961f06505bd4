import { canMountDisk } from '@assay/testkit'
import type { Fault, Length } from './fault/fault.ts'
import type { Store } from './stage/store.ts'
import type { Outcome } from './stage/outcome.ts'
import { setStage } from './stage/stage.ts'

/** The result of trying a fault on one store: an outcome, or why it was not tried. */
export type Trial =
  | { readonly outcome: Outcome }
  /** `isExcused`: it is impossible on this machine. */
  | { readonly notRun: string; readonly isExcused: boolean }

interface TryOptions {
  readonly store: Store
  readonly length: Length
  readonly tell: (line: string) => void
  /** Ends the trial early, and stops everything it has started. */
  readonly signal: AbortSignal
}

/** Tries a fault on its own service and store, and removes both afterwards. A stage that breaks is a failed outcome. */
export async function tryFault(fault: Fault, options: TryOptions): Promise<Trial> {
  const { store, length, tell, signal } = options
  const lacking = fault.lacks?.()
  if (lacking !== undefined) return { notRun: lacking, isExcused: false }
  if (fault.disk !== undefined && !canMountDisk())
    return { notRun: 'this process may not mount a disk', isExcused: true }
  try {
    const running = await setStage({ store, disk: fault.disk, tell })
    if (running === undefined) return { notRun: 'the store is not installed', isExcused: false }
    try {
      return { outcome: await Promise.race([fault.run(running.stage, length), ended(signal)]) }
    } catch (error) {
      tell(running.stage.node.log())
      throw error
    } finally {
      await running.close()
    }
  } catch (error) {
    const { message, stack = message } = error as Error
    tell(stack)
    return { outcome: inPieces(message) }
  }
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

/** A row that did not finish: it says why, and has failed. */
export function inPieces(reason: string): Outcome {
  const said = reason.trim().split('\n').slice(0, 3).join(' ').slice(0, 300)
  return {
    attempts: 0,
    doubleAcceptances: 0,
    losses: 0,
    recoveryMs: 0,
    unmet: [`it did not finish: ${said === '' ? 'no reason given' : said}`],
    facts: {},
  }
}
