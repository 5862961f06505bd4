import type { AuditEntry, AuditFault, AuditVerification } from '@assay/protocol/schemas'
import { setImmediate } from 'node:timers/promises'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import { auditCursor, auditHash, noEntry, type AuditFilter, type AuditStore } from './ports.ts'

/** Entries read at once. */
const pageLength = 500

/** The last entry, as somebody has kept it elsewhere. */
type KnownHead = AuditVerification['head']

export type AuditUseCases = ReturnType<typeof createAuditUseCases>

/** Who did what. */
export function createAuditUseCases(audit: AuditStore) {
  /** Follows the chain from its first entry to its last. */
  const follow = async (known: KnownHead | undefined): Promise<{ last: KnownHead; fault?: AuditFault }> => {
    let last: KnownHead = noEntry
    for (;;) {
      const entries = await audit.after(last.number, pageLength)
      for (const entry of entries) {
        const reason = faultOf(entry, last, known)
        if (reason !== undefined) return { last, fault: { number: entry.number, reason } }
        last = { number: entry.number, hash: entry.hash }
      }
      if (entries.length < pageLength) return { last }
      await setImmediate()
    }
  }
  return {
    list: (filter: AuditFilter, page: Page) =>
      pageOf('entries', page, (requested) => audit.list(filter, requested), auditCursor),
    /** With the state before and after. @throws ProblemError `audit_entry_not_found` */
    async get(number: number): Promise<AuditEntry> {
      const entry = await audit.find(number)
      if (entry === undefined) throw new ProblemError('audit_entry_not_found')
      return entry
    },
    /**
     * Detects any change of the log. If an older log has replaced the whole log, the head that somebody kept reveals
     * it.
     */
    async verify(known?: KnownHead): Promise<AuditVerification> {
      const head = (await audit.head()) ?? { ...noEntry, isSealed: true }
      const { last, fault } = await follow(known)
      const ended = fault ?? endFault(last, head, known)
      return { ok: ended === null, head: last, fault: ended }
    },
  }
}

function faultOf(entry: AuditEntry, last: KnownHead, known: KnownHead | undefined) {
  if (entry.number !== last.number + 1) return 'gap'
  if (entry.previous !== last.hash || entry.hash !== auditHash(entry)) return 'edited'
  return known?.number === entry.number && known.hash !== entry.hash ? 'head' : undefined
}

/** An act that happens while the chain is followed makes it longer than the head that was read before. */
function endFault(
  last: KnownHead,
  head: KnownHead & { isSealed: boolean },
  known: KnownHead | undefined,
): AuditFault | null {
  if (!head.isSealed) return { number: head.number, reason: 'seal' }
  const isCut = last.number < head.number || (last.number === head.number && last.hash !== head.hash)
  if (isCut) return { number: head.number, reason: 'end' }
  return known !== undefined && known.number > last.number ? { number: known.number, reason: 'head' } : null
}
