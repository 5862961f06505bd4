import { brokenAction } from '../operations/audit/ports.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { Outcomes } from './outcomes.feature.ts'
import type { ServiceLog } from './service-log.ts'

/** Milliseconds between two looks at the end of the audit log. */
const examineEvery = 60_000

interface AuditParts {
  storage: Pick<Storage, 'auditLog'>
  outcomes: Pick<Outcomes, 'tracing'>
  log: Pick<ServiceLog, 'info' | 'error'>
}

/**
 * What leaves the store about the audit log: the number and the MAC of each entry, so that whoever writes to the database
 * cannot take them back.
 */
export function composeAudit({ storage: { auditLog }, outcomes, log }: AuditParts): Feature {
  auditLog.follow((entry) => {
    const { number, mac, action } = entry
    outcomes.tracing?.recordAuditEntry(entry)
    if (action === brokenAction)
      log.error({ number, mac }, 'the audit log is not as the service left it: run `assay audit verify`')
    else log.info({ number, mac, action }, 'an act was recorded in the audit log')
  })
  let isFirst = true
  const examine = async () => {
    await auditLog.examine()
    const head = auditLog.seen()
    if (isFirst && head !== undefined) log.info({ ...head }, 'the audit log ends with this entry')
    isFirst = false
  }
  return { handlers: undefined, jobs: [{ every: examineEvery, first: 0, work: examine }] }
}
