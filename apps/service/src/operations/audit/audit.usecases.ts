import type { AuditEntry } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import { auditCursor, type AuditFilter, type AuditStore } from './ports.ts'
import type { createAuditVerification } from './verification.ts'

export type AuditUseCases = ReturnType<typeof createAuditUseCases>

/** Who did what. */
export function createAuditUseCases(
  audit: AuditStore,
  { verify }: Pick<ReturnType<typeof createAuditVerification>, 'verify'>,
) {
  return {
    list: (filter: AuditFilter, page: Page) =>
      pageOf('entries', page, (requested) => audit.list(filter, requested), auditCursor),
    /** With the state before and after. @throws ProblemError `audit_entry_not_found` */
    async get(number: number): Promise<AuditEntry> {
      const entry = await audit.find(number)
      if (entry === undefined) throw new ProblemError('audit_entry_not_found')
      return entry
    },
    verify,
  }
}
