import { sql, type Transaction } from 'kysely'
import { StoreNotAnswering } from '../errors/storage-error.ts'
import type { Database, Tables } from './tables.ts'

/**
 * Does the work completely or not at all: in its own transaction, or as part of the one under way, which goes on
 * without it if it fails.
 */
export function inTransaction<T>(db: Database, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return db.isTransaction ? asPart(db as Transaction<Tables>, work) : db.transaction().execute(work)
}

async function asPart<T>(
  trx: Transaction<Tables>,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  await sql`savepoint part`.execute(trx)
  try {
    const result = await work(trx)
    await sql`release savepoint part`.execute(trx)
    return result
  } catch (error) {
    try {
      await sql`rollback to savepoint part`.execute(trx)
    } catch (fault) {
      // A store that is away or full has forgotten the savepoint: the caller must see that error.
      throw error instanceof StoreNotAnswering ? error : fault
    }
    throw error
  }
}
