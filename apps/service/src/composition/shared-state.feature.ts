import type { SharedState } from '../storage/valkey/shared-state.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

/** Milliseconds between two checks of what the nodes share. */
const refreshEvery = 500

/** Short-lived state that nodes share; undefined: this process keeps its own. */
export function composeSharedState(
  shared: SharedState | undefined,
  log: Pick<ServiceLog, 'error' | 'info'>,
): Feature<SharedState | undefined> {
  if (shared === undefined) return { handlers: undefined }
  return {
    handlers: shared,
    jobs: [{ every: refreshEvery, work: reportedOnce(shared.refresh, log, 'Valkey answers again') }],
    close: async () => shared.close(),
  }
}

/** The work, whose failures the log reports when they begin and when they end, not each time. */
export function reportedOnce(
  work: () => Promise<void>,
  log: Pick<ServiceLog, 'error' | 'info'>,
  recovered: string,
) {
  let failing = false
  return async (): Promise<void> => {
    try {
      await work()
      if (failing) log.info({}, recovered)
      failing = false
    } catch (error) {
      if (!failing) log.error({ err: error }, 'malfunction')
      failing = true
    }
  }
}
