import { createHash } from 'node:crypto'
import type { AuditEntry, ListedAuditEntry } from '@assay/protocol/schemas'
import type { Page } from '../../system/page.ts'

/** The last entry, as sealed by the service. */
export interface AuditHead {
  number: number
  hash: string
  /** Its seal is that of this service. */
  isSealed: boolean
}

export interface AuditFilter {
  key?: string | undefined
  action?: string | undefined
  object?: string | undefined
}

/** The log of administrative acts. Entries are added in the transaction of the act, and never changed. */
export interface AuditStore {
  /** The newest first. The cursor is that of {@link auditCursor}. */
  list(filter: AuditFilter, page: Page): Promise<ListedAuditEntry[]>
  find(number: number): Promise<AuditEntry | undefined>
  /** The hash of an entry. */
  hashOf(number: number): Promise<string | undefined>
  /** The oldest first, starting after this number. */
  after(number: number, limit: number): Promise<AuditEntry[]>
  /** Undefined: nothing has been done yet. */
  head(): Promise<AuditHead | undefined>
}

export const auditCursor = ({ number }: ListedAuditEntry): string => String(number)

/** Before the first entry. */
export const noEntry = { number: 0, hash: '0'.repeat(43) } as const

/** The hash that an entry must have. `before` and `after` are hashed as written, in JSON. */
export function auditHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { number, at, key, key_name: name, action, object, before, after, previous } = entry
  const text = JSON.stringify([number, at, key, name, action, object, before, after, previous])
  return createHash('sha256').update('assay/audit/1\0').update(text).digest('base64url')
}
