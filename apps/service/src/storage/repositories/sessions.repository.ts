import type { SessionStore, StoredSession } from '../../operations/ports.ts'
import { isForeignKeyViolation } from '../database/rows.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database } from '../database/tables.ts'

/** Who is signed in at the console. A row that the service did not write is no session. */
export function createSessionRepository({ db, macs }: { db: Database; macs: RowMacs }): SessionStore {
  return {
    insert: (session, keepAtMost) => insertSession(db, macs, session, keepAtMost),
    find: (hash) => findSession(db, macs, hash),
    async touch(hash, now) {
      await db.updateTable('console_sessions').set({ seen_at: now }).where('hash', '=', hash).execute()
    },
    async remove(hash) {
      await db.deleteFrom('console_sessions').where('hash', '=', hash).execute()
    },
    async prune(createdBefore, seenBefore) {
      await db
        .deleteFrom('console_sessions')
        .where(({ eb, or }) => or([eb('created_at', '<', createdBefore), eb('seen_at', '<', seenBefore)]))
        .execute()
    },
  }
}

async function insertSession(
  db: Database,
  macs: RowMacs,
  { hash, key, createdAt, seenAt }: StoredSession,
  keepAtMost: number,
): Promise<'ok' | 'key_not_found'> {
  const covered = ['console_sessions', [hash, key, createdAt]] as const
  try {
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('console_sessions')
        .values({ hash, key, created_at: createdAt, seen_at: seenAt, mac: macs.of(...covered) })
        .execute()
      const newest = trx
        .selectFrom('console_sessions')
        .select('hash')
        .where('key', '=', key)
        .orderBy('created_at', 'desc')
        .orderBy('hash')
        .limit(keepAtMost)
      await trx
        .deleteFrom('console_sessions')
        .where('key', '=', key)
        .where('hash', 'not in', newest)
        .where('hash', '<>', hash)
        .execute()
    })
    return 'ok'
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'key_not_found'
    throw error
  }
}

async function findSession(db: Database, macs: RowMacs, hash: string): Promise<StoredSession | undefined> {
  const row = await db.selectFrom('console_sessions').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) return undefined
  if (!macs.hold('console_sessions', [row.hash, row.key, row.created_at], row.mac)) return undefined
  return { hash, key: row.key, createdAt: row.created_at, seenAt: row.seen_at }
}
