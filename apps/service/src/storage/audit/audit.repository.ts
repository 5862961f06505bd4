import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, ListedAuditEntry } from '@assay/protocol/schemas'
import type { AuditFilter, AuditStore } from '../../operations/audit/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { isGenuineAllowed, nameOfAllowed } from '../repositories/allow-entries.repository.ts'
import { isGenuineKey } from '../repositories/api-keys.repository.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database } from '../database/tables.ts'
import { timeOf, toEntry } from './entry-rows.ts'
import type { Journal } from './journal.ts'
import { isInUse } from './log-end.ts'
import { hasMac, isSealed } from './seals.ts'

/** Entries that are looked through in one go: a filter may select none of a long log. */
const perLook = 1_000
/** Without the documents, whose pages the database then does not read. */
const listed = ['number', 'happened_at', 'key', 'key_name', 'action', 'object', 'mac'] as const

interface AuditRepositoryOptions {
  db: Database
  auditKey: Uint8Array
  macs: RowMacs
  journal: Pick<Journal, 'seen'>
}

export function createAuditRepository({ db, auditKey, macs, journal }: AuditRepositoryOptions): AuditStore {
  return {
    list: (filter: AuditFilter, page: Page) => listEntries(db, filter, page),
    async find(number: number): Promise<AuditEntry | undefined> {
      const all = db.selectFrom('audit_entries').selectAll()
      const row = await all.where('number', '=', number).executeTakeFirst()
      return row && toEntry(row)
    },
    async sealsOf(number: number) {
      const all = db.selectFrom('audit_entries').select(['hash', 'mac'])
      return all.where('number', '=', number).executeTakeFirst()
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
      return row && { number: row.number, hash: row.hash, isSealed: isSealed(row, auditKey) }
    },
    isGenuine: (entry) => hasMac(entry, auditKey),
    seen: () => journal.seen(),
    async keys(after: string, limit: number) {
      const rows = await db
        .selectFrom('api_keys')
        .selectAll()
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ id: row.id, isGenuine: isGenuineKey(macs, row) }))
    },
    async allowed(after, limit) {
      let query = db.selectFrom('allow_entries').selectAll()
      if (after !== undefined) {
        const [app, audience, installation] = after.cursor
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('app', 'audience', 'installation'), '>', tuple(app, audience, toDigest(installation))),
        )
      }
      const rows = await query
        .orderBy('app')
        .orderBy('audience')
        .orderBy('installation')
        .limit(limit)
        .execute()
      return rows.map((row) => {
        const { id, app, audience } = row
        const installation = fromDigest(row.installation)
        return {
          ...{ id, name: nameOfAllowed({ app, audience, installation }) },
          isGenuine: isGenuineAllowed(macs, row),
          cursor: [app, audience, installation],
        }
      })
    },
    isInUse: () => isInUse(db),
  }
}

async function listEntries(db: Database, filter: AuditFilter, page: Page): Promise<ListedAuditEntry[]> {
  const found: ListedAuditEntry[] = []
  const isCursor = /^\d{1,15}$/.test(page.after ?? '')
  // Entries from here on are seen.
  let end = isCursor ? Number(page.after) : (await lastNumber(db, Infinity)) + 1
  while (end > 1 && found.length < page.limit) {
    const start = Math.max(1, end - perLook)
    const rows = await look(db, filter, { start, end, limit: page.limit - found.length })
    found.push(...rows.map(({ happened_at, ...row }) => ({ ...row, at: timeOf(happened_at) })))
    // Somebody who writes to the database can leave gaps of any length.
    end = (await lastNumber(db, start)) + 1
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
  if (filter.since !== undefined) query = query.where('happened_at', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('happened_at', '<', filter.until)
  return query.execute()
}

/** Of the newest entry before a number; that of the head may have been written by somebody else. */
async function lastNumber(db: Database, before: number): Promise<number> {
  let all = db.selectFrom('audit_entries').select('number').orderBy('number', 'desc').limit(1)
  if (Number.isFinite(before)) all = all.where('number', '<', before)
  return (await all.executeTakeFirst())?.number ?? 0
}
