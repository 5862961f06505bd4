import { brokenAction } from '../operations/audit/ports.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { Outcomes } from './outcomes.feature.ts'
import type { ServiceLog } from './service-log.ts'

/** Milliseconds between two looks at the end of the audit log. */
const examineEvery = 60_000

interface AuditParts {
  config: Pick<CheckedConfig, 'clock'>
  storage: Pick<Storage, 'auditLog'>
  outcomes: Pick<Outcomes, 'tracing'>
  log: Pick<ServiceLog, 'info' | 'error'>
}

/**
 * What leaves the store about the audit log: the number and the MAC of each entry, so that whoever writes to the database
 * cannot take them back.
 */
export function composeAudit({ config, storage: { auditLog }, outcomes, log }: AuditParts) {
  let brokenAt: number | undefined
  auditLog.follow((entry) => {
    const { number, mac, action } = entry
    outcomes.tracing?.recordAuditEntry(entry)
    if (action === brokenAction) {
      brokenAt = config.clock()
      log.error({ number, mac }, 'the audit log is not as the service left it: run `assay audit verify`')
    } else log.info({ number, mac, action }, 'an act was recorded in the audit log')
  })
  let isFirst = true
  const examine = async () => {
    await auditLog.examine()
    const head = auditLog.seen()
    if (isFirst && head !== undefined) log.info({ ...head }, 'the audit log ends with this entry')
    isFirst = false
  }
  return {
    /** When this process last found the log broken, in milliseconds since 1970. */
    handlers: { brokenAt: () => brokenAt },
    jobs: [{ every: examineEvery, first: 0, work: examine }],
  } satisfies Feature
}
