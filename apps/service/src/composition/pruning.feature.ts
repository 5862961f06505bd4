import { setImmediate as othersFirst } from 'node:timers/promises'
import type { CheckedConfig } from '../config/service.config.ts'
import { createClockCheck } from '../operations/clock-check.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

const minute = 60_000

interface PruningParts {
  config: Pick<CheckedConfig, 'clock' | 'steady'>
  storage: Pick<Storage, 'clockCheck'>
  /** Those whose old data is removed, in this order. */
  features: readonly Pick<Feature, 'prune'>[]
  log: Pick<ServiceLog, 'warn'>
  onMalfunction: (error: unknown) => void
}

/** Removes what is old, unless the clock is in doubt: then everything would look old. */
export function composePruning(parts: PruningParts): Feature {
  const { storage, features, log, onMalfunction } = parts
  const { clock, steady } = parts.config
  const clockCheck = createClockCheck({ store: storage.clockCheck, clock, steady })
  const prune = async (signal: AbortSignal) => {
    const doubt = await clockCheck.doubt()
    if (doubt !== undefined) {
      log.warn({}, `${doubt}: nothing old is removed yet`)
      return
    }
    for (const feature of features) {
      // On SQLite, all that they do would be one stretch in which nobody is answered.
      await othersFirst()
      if (!signal.aborted) await feature.prune?.(signal)
    }
  }
  return {
    handlers: undefined,
    begin: () => void clockCheck.note().catch(onMalfunction),
    jobs: [{ every: 60 * minute, first: minute, work: prune }],
  }
}
