import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, ListedAuditEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { AuditFilter, AuditStore } from '../../operations/audit/ports.ts'
import type { Page } from '../../system/page.ts'
import { isSealed } from './journal.ts'
import { fromJson, toTime } from '../database/columns.ts'
import type { Database, Tables } from '../database/tables.ts'

/** Entries that are looked through in one go: a filter may select none of a long log. */
const perLook = 1_000
/** Without the documents, whose pages the database then does not read. */
const listed = ['number', 'happened_at', 'key', 'key_name', 'action', 'object'] as const

export function createAuditRepository({ db, sealKey }: { db: Database; sealKey: Uint8Array }): AuditStore {
  return {
    list: (filter: AuditFilter, page: Page) => listEntries(db, filter, page),
    async find(number: number): Promise<AuditEntry | undefined> {
      const all = db.selectFrom('audit_entries').selectAll()
      const row = await all.where('number', '=', number).executeTakeFirst()
      return row && toEntry(row)
    },
    async hashOf(number: number): Promise<string | undefined> {
      const all = db.selectFrom('audit_entries').select('hash')
      return (await all.where('number', '=', number).executeTakeFirst())?.hash
    },
    async after(number: number, limit: number): Promise<AuditEntry[]> {
      const rows = await db
        .selectFrom('audit_entries')
        .selectAll()
        .where('number', '>', number)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(toEntry)
    },
    async head() {
      const row = await db.selectFrom('audit_head').selectAll().limit(1).executeTakeFirst()
      return row && { number: row.number, hash: row.hash, isSealed: isSealed(row, sealKey) }
    },
  }
}

async function listEntries(db: Database, filter: AuditFilter, page: Page): Promise<ListedAuditEntry[]> {
  const found: ListedAuditEntry[] = []
  const isCursor = /^\d{1,15}$/.test(page.after ?? '')
  // Entries from here on are seen.
  let end = isCursor ? Number(page.after) : (await lastNumber(db)) + 1
  while (end > 1 && found.length < page.limit) {
    const start = Math.max(1, end - perLook)
    const rows = await look(db, filter, { start, end, limit: page.limit - found.length })
    found.push(...rows.map(({ happened_at, ...row }) => ({ ...row, at: toTime(happened_at) })))
    end = start
    await setImmediate()
  }
  return found
}

interface Look {
  start: number
  /** The first number that does not count. */
  end: number
  limit: number
}

function look(db: Database, filter: AuditFilter, { start, end, limit }: Look) {
  let query = db
    .selectFrom('audit_entries')
    .select(listed)
    .where('number', '>=', start)
    .where('number', '<', end)
    .orderBy('number', 'desc')
    .limit(limit)
  for (const name of ['key', 'action', 'object'] as const) {
    const value = filter[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  return query.execute()
}

/** Of the newest entry; that of the head may have been written by somebody else. */
async function lastNumber(db: Database): Promise<number> {
  const all = db.selectFrom('audit_entries').select('number')
  return (await all.orderBy('number', 'desc').limit(1).executeTakeFirst())?.number ?? 0
}

function toEntry({ happened_at, ...row }: Selectable<Tables['audit_entries']>): AuditEntry {
  return { ...row, at: toTime(happened_at), before: fromJson(row.before), after: fromJson(row.after) }
}
