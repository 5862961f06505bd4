import type { AuditEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { AuditFilter, AuditStore } from '../../operations/audit/ports.ts'
import type { Page } from '../../system/page.ts'
import { isSealed } from './journal.ts'
import { fromJson, toTime } from '../database/columns.ts'
import type { Database, Tables } from '../database/tables.ts'

export function createAuditRepository({ db, sealKey }: { db: Database; sealKey: Uint8Array }): AuditStore {
  return {
    async list(filter: AuditFilter, page: Page): Promise<AuditEntry[]> {
      let query = db.selectFrom('audit_entries').selectAll().orderBy('number', 'desc').limit(page.limit)
      for (const name of ['key', 'action', 'object'] as const) {
        const value = filter[name]
        if (value !== undefined) query = query.where(name, '=', value)
      }
      if (/^\d{1,15}$/.test(page.after ?? '')) query = query.where('number', '<', Number(page.after))
      return (await query.execute()).map(toEntry)
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

function toEntry({ happened_at, ...row }: Selectable<Tables['audit_entries']>): AuditEntry {
  return { ...row, at: toTime(happened_at), before: fromJson(row.before), after: fromJson(row.after) }
}
