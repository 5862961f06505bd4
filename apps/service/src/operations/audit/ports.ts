import { createHash } from 'node:crypto'
import type { AuditEntry, ListedAuditEntry } from '@assay/protocol/schemas'
import type { Page } from '../../system/page.ts'

/** An entry, and the log up to it, as somebody has kept them in mind or elsewhere: by its hash, or by its MAC. */
export interface KnownHead {
  number: number
  hash: string
}

/** The last entry, as sealed by the service. */
export interface AuditHead extends KnownHead {
  /** Its seal is that of this service. */
  isSealed: boolean
}

/** An entry that was appended. */
export interface Appended {
  number: number
  hash: string
  mac: string
  action: string
}

/** The action of an entry by which the service records that it found the log broken. */
export const brokenAction = 'audit.broken'

export interface AuditFilter {
  key?: string | undefined
  action?: string | undefined
  object?: string | undefined
  /** Milliseconds since 1970, by the clock of the node that wrote the entry. */
  since?: number | undefined
  /** The first moment that does not count. */
  until?: number | undefined
}

/** The log of administrative acts. Entries are added in the transaction of the act, and never changed. */
export interface AuditStore {
  /** The newest first. The cursor is that of {@link auditCursor}. */
  list(filter: AuditFilter, page: Page): Promise<ListedAuditEntry[]>
  find(number: number): Promise<AuditEntry | undefined>
  /** Hash and MAC of an entry. */
  sealsOf(number: number): Promise<Pick<AuditEntry, 'hash' | 'mac'> | undefined>
  /** The oldest first, starting after this number. */
  after(number: number, limit: number): Promise<AuditEntry[]>
  /** Undefined: nothing has been done yet. */
  head(): Promise<AuditHead | undefined>
  /** Whether the service wrote this entry, as far as its hash says what it holds. */
  isGenuine(entry: AuditEntry): boolean
  /** The last head that this node saw; undefined: none yet. */
  seen(): KnownHead | undefined
  /** API keys, in the order of their ids, starting after this one; and whether the service wrote each. */
  keys(after: string, limit: number): Promise<{ id: string; isGenuine: boolean }[]>
  /** Devices on the allow lists, those that have ended included, in a fixed order, starting after this one. */
  allowed(after: AllowedRow | undefined, limit: number): Promise<AllowedRow[]>
  /** Whether the store holds what no store without entries has. */
  isInUse(): Promise<boolean>
}

/** A device on the allow list of an app. */
export interface AllowedRow {
  /** As the log names it. */
  name: string
  id: string
  /** Whether the service wrote the row. */
  isGenuine: boolean
  /** Of the row. */
  cursor: readonly [app: string, audience: string, installation: string]
}

/** Acts on the allow list. */
export const allowActions = { added: ['allow.add', 'allow.let-through'], removed: 'allow.remove' } as const

/** The id of the device that an act has put on the allow list; undefined: it is no such act. */
export function idPutBy({ action, after }: Pick<AuditEntry, 'action' | 'after'>): string | undefined {
  if (!(allowActions.added as readonly string[]).includes(action)) return undefined
  const { id } = (after ?? {}) as { id?: unknown }
  return typeof id === 'string' ? id : undefined
}

export const auditCursor = ({ number }: ListedAuditEntry): string => String(number)

/** Before the first entry. */
export const noEntry = { number: 0, hash: '0'.repeat(43) } as const

/** The hash that an entry must have. `before` and `after` are hashed as written, in JSON. */
export function auditHash(entry: Omit<AuditEntry, 'hash' | 'mac'>): string {
  const { number, at, key, key_name: name, action, object, before, after, previous } = entry
  const text = JSON.stringify([number, at, key, name, action, object, before, after, previous])
  return createHash('sha256').update('assay/audit/1\0').update(text).digest('base64url')
}
