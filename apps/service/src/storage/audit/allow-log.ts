import { allowActions, auditHash, idPutBy } from '../../operations/audit/ports.ts'
import type { StandingAllowed } from '../repositories/allow-entries.repository.ts'
import { toEntry } from './entry-rows.ts'
import { hasMac } from './seals.ts'

/**
 * Says by the audit log which entries of the allow list stand: the last act on each must be a genuine one that put it
 * there, after the app was removed for the last time. Whoever takes that act out of the log breaks it.
 */
export function createAllowLog(auditKey: Uint8Array): StandingAllowed {
  return async (db, app, names) => {
    const acts = [...allowActions.added, allowActions.removed]
    const last = await db
      .selectFrom('audit_entries')
      .select(({ fn }) => fn.max('number').as('number'))
      .where('object', 'in', [...names])
      .where('action', 'in', acts)
      .groupBy('object')
      .execute()
    if (last.length === 0) return new Map()
    const rows = await db
      .selectFrom('audit_entries')
      .selectAll()
      .where(
        'number',
        'in',
        last.map(({ number }) => number),
      )
      .execute()
    const gone = await db
      .selectFrom('audit_entries')
      .select(({ fn }) => fn.max('number').as('number'))
      .where('object', '=', app)
      .where('action', '=', 'app.remove')
      .executeTakeFirst()
    return new Map(
      rows.flatMap((row): [string, string][] => {
        const entry = toEntry(row)
        const isGenuine = entry.hash === auditHash(entry) && hasMac(entry, auditKey)
        const id = isGenuine && entry.number > (gone?.number ?? 0) ? idPutBy(entry) : undefined
        return id === undefined ? [] : [[entry.object, id]]
      }),
    )
  }
}
