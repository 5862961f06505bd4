import type { AllowEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { AllowStore } from '../../provisioning/model/ports.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { inTransaction } from '../database/in-transaction.ts'
import { dayOf } from './enrolments.ts'
import type { Database, Tables } from '../database/tables.ts'

export function createAllowRepository({ db }: { db: Database }): AllowStore {
  return {
    add: (entry, now, most) => addEntry(db, entry, now, most),
    letThrough: (entry, now, most) => letThrough(db, entry, now, most),
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
    async countLetThroughs(now: number) {
      const rows = await db.selectFrom('let_throughs').select('times').where('day', '=', dayOf(now)).execute()
      const times = rows.map((row) => row.times)
      return { all: times.reduce((sum, each) => sum + each, 0), most: Math.max(0, ...times) }
    },
    async prune(now: number): Promise<void> {
      await db.deleteFrom('allow_entries').where('expires_at', '<=', now).execute()
      await db.deleteFrom('let_throughs').where('day', '<', dayOf(now)).execute()
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
    // Support fills its own part of the list, and leaves operators theirs.
    const alike = others.map(toEntry).filter(({ tier }) => (tier === null) === (entry.tier === null))
    const isOneMore = before === undefined || (before.tier === null) !== (entry.tier === null)
    if (isOneMore && alike.length >= most) return 'full'
    const said = {
      note: entry.note,
      author: entry.author,
      created_at: toMillis(entry.created_at),
      expires_at: toMillis(entry.expires_at),
      tier: entry.tier,
    }
    await trx
      .insertInto('allow_entries')
      .values({ app, audience, installation: toDigest(installation), ...said })
      .onConflict((conflict) => conflict.columns(['app', 'audience', 'installation']).doUpdateSet(said))
      .execute()
    return { before }
  })
}

async function letThrough(
  db: Database,
  entry: AllowEntry,
  now: number,
  most: { listed: number; perDay: number },
): ReturnType<AllowStore['letThrough']> {
  const { app, audience, installation, author } = entry
  return inTransaction(db, async (trx) => {
    // The same order of locks as in `addEntry`: the app first.
    await trx.updateTable('apps').set({ id: app }).where('id', '=', app).execute()
    const standing = await trx
      .selectFrom('allow_entries')
      .select('tier')
      .where('app', '=', app)
      .where('audience', '=', audience)
      .where('installation', '=', toDigest(installation))
      .where('expires_at', '>', now)
      .executeTakeFirst()
    if (standing?.tier === null) return 'exists'
    const added = await addEntry(trx, entry, now, most.listed)
    if (added === 'full' || author === null) return added
    if (!(await countLetThrough(trx, author, dayOf(now), most.perDay))) throw new SpentError()
    return added
  }).catch((error: unknown) => {
    if (error instanceof SpentError) return 'spent'
    throw error
  })
}

/** Ends the transaction. */
class SpentError extends Error {}

/** One statement, which locks the row of the key and day. False, and nothing is counted: it is spent. */
async function countLetThrough(db: Database, key: string, day: number, most: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('let_throughs')
    .values({ key, day, times: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['key', 'day'])
        .doUpdateSet(({ ref, eb }) => ({ times: eb(ref('let_throughs.times'), '+', 1) }))
        .where('let_throughs.times', '<', most),
    )
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

function toEntry(row: Selectable<Tables['allow_entries']>): AllowEntry {
  return {
    ...row,
    installation: fromDigest(row.installation),
    created_at: toTime(row.created_at),
    expires_at: toTime(row.expires_at),
  }
}
