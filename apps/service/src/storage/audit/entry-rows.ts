import type { AuditEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import { toTime } from '../database/columns.ts'
import type { Tables } from '../database/tables.ts'

export type EntryRow = Selectable<Tables['audit_entries']>

/** The latest time that a `Date` can hold, in milliseconds since 1970. */
const latest = 8.64e15

/** RFC 3339, of any number. */
export const timeOf = (millis: number): string => toTime(Math.abs(millis) <= latest ? millis : 0)

/**
 * An entry as it is stored. Somebody else may have written the row: whatever it holds can be shown, and an entry that is
 * not as it was written does not have its hash.
 */
export function toEntry({ happened_at, before, after, ...row }: EntryRow): AuditEntry {
  return { ...row, at: timeOf(happened_at), before: fromStored(before), after: fromStored(after) }
}

function fromStored(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
