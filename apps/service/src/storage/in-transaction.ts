import type { Transaction } from 'kysely'
import type { Database, Tables } from './tables.ts'

/** Does the work in the transaction that is under way, or in one of its own. */
export function inTransaction<T>(db: Database, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db as Transaction<Tables>) : db.transaction().execute(work)
}
