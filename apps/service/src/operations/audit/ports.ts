import { createHash } from 'node:crypto'
import type { Page } from '../../system/page.ts'

/** One administrative act. */
export interface AuditEntry {
  /** 1, 2, 3 …, without gaps. */
  number: number
  /** RFC 3339. */
  at: string
  /** Id of the API key; null: at the machine itself. */
  key: string | null
  key_name: string
  /** What was done, such as `policy.put`. */
  action: string
  /** To what: an id, of a build with that of its app before it. */
  object: string
  /** As it was; null: it was not there. */
  before: unknown
  /** As it is from then on; null: it is gone. */
  after: unknown
  /** Of the entry before; 43 zeros before the first. */
  previous: string
  /** base64url(SHA-256) over everything above. */
  hash: string
}

/** The last entry, as the service has it sealed. */
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
  list(filter: AuditFilter, page: Page): Promise<AuditEntry[]>
  /** The oldest first, from after this number on. */
  after(number: number, limit: number): Promise<AuditEntry[]>
  /** Undefined: nothing was done yet. */
  head(): Promise<AuditHead | undefined>
}

export const auditCursor = ({ number }: AuditEntry): string => String(number)

/** Before the first entry. */
export const noEntry = { number: 0, hash: '0'.repeat(43) } as const

/** The hash that an entry has to have. `before` and `after` are hashed as they are written, in JSON. */
export function auditHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { number, at, key, key_name: name, action, object, before, after, previous } = entry
  const text = JSON.stringify([number, at, key, name, action, object, before, after, previous])
  return createHash('sha256').update('assay/audit/1\0').update(text).digest('base64url')
}
