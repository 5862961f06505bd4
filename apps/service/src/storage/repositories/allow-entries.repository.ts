import type { AllowEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { AllowStore } from '../../provisioning/model/ports.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'

export function createAllowRepository({ db }: { db: Database }): AllowStore {
  return {
    add: (entry, now, most) => addEntry(db, entry, now, most),
    async list(app: string, now: number): Promise<AllowEntry[]> {
      const rows = await db
        .selectFrom('allow_entries')
        .selectAll()
        .where('app', '=', app)
        .where('expires_at', '>', now)
        .orderBy('audience')
        .orderBy('installation')
        .execute()
      return rows.map(toEntry)
    },
    async remove({ app, audience, installation }): Promise<AllowEntry | undefined> {
      const row = await db
        .deleteFrom('allow_entries')
        .where('app', '=', app)
        .where('audience', '=', audience)
        .where('installation', '=', toDigest(installation))
        .returningAll()
        .executeTakeFirst()
      return row && toEntry(row)
    },
    async prune(now: number): Promise<void> {
      await db.deleteFrom('allow_entries').where('expires_at', '<=', now).execute()
    },
  }
}

async function addEntry(
  db: Database,
  entry: AllowEntry,
  now: number,
  most: number,
): Promise<{ before: AllowEntry | undefined } | 'full'> {
  const { app, audience, installation } = entry
  return inTransaction(db, async (trx) => {
    // The app's row is locked, so that of two simultaneous entries one counts the other.
    await trx.updateTable('apps').set({ id: app }).where('id', '=', app).execute()
    const others = await trx
      .selectFrom('allow_entries')
      .selectAll()
      .where('app', '=', app)
      .where('expires_at', '>', now)
      .execute()
    const before = others
      .map(toEntry)
      .find((other) => other.audience === audience && other.installation === installation)
    if (before === undefined && others.length >= most) return 'full'
    const said = {
      note: entry.note,
      author: entry.author,
      created_at: toMillis(entry.created_at),
      expires_at: toMillis(entry.expires_at),
    }
    await trx
      .insertInto('allow_entries')
      .values({ app, audience, installation: toDigest(installation), ...said })
      .onConflict((conflict) => conflict.columns(['app', 'audience', 'installation']).doUpdateSet(said))
      .execute()
    return { before }
  })
}

function toEntry(row: Selectable<Tables['allow_entries']>): AllowEntry {
  return {
    ...row,
    installation: fromDigest(row.installation),
    created_at: toTime(row.created_at),
    expires_at: toTime(row.expires_at),
  }
}
