import type { AllowEntry, ListedAllowEntry } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { AllowStore } from '../../provisioning/model/ports.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { inTransaction } from '../database/in-transaction.ts'
import { dayOf } from './enrolments.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database, Tables } from '../database/tables.ts'
import { isForeignKeyViolation } from '../database/rows.ts'

type Row = Selectable<Tables['allow_entries']>

/**
 * The ids of the entries that stand by the audit log, by the name that it has for each. A row that was removed keeps its
 * MAC: only the log tells.
 */
export type StandingAllowed = (
  db: Database,
  app: string,
  names: readonly string[],
) => Promise<ReadonlyMap<string, string>>

interface AllowOptions {
  db: Database
  macs: RowMacs
  standing: StandingAllowed
}

/** The name of an allow entry in the audit log. */
export const nameOfAllowed = ({
  app,
  audience,
  installation,
}: Pick<AllowEntry, 'app' | 'audience' | 'installation'>) => `${app}/${audience}/${installation}`

/** Test devices that get tokens although the policy refuses them. A row that the service did not write lets nobody in. */
export function createAllowRepository({ db, macs, standing }: AllowOptions): AllowStore {
  return {
    add: (entry, now, most) => addEntry(db, macs, entry, now, most),
    letThrough: (entry, now, most) => letThrough(db, macs, entry, now, most),
    async list(app: string, now: number): Promise<ListedAllowEntry[]> {
      const rows = await db
        .selectFrom('allow_entries')
        .selectAll()
        .where('app', '=', app)
        .where('expires_at', '>', now)
        .orderBy('audience')
        .orderBy('installation')
        .execute()
      const ids =
        rows.length === 0 ? undefined : await standing(db, app, rows.map(toEntry).map(nameOfAllowed))
      const stands = (entry: AllowEntry) => ids?.get(nameOfAllowed(entry)) === entry.id
      return rows.map((row) => {
        const entry = toEntry(row)
        return isGenuineAllowed(macs, row) && stands(entry) ? entry : { ...entry, refused: true }
      })
    },
    async ofAuthor(author: string, now: number): Promise<AllowEntry[]> {
      const rows = await db
        .selectFrom('allow_entries')
        .selectAll()
        .where('author', '=', author)
        .where('expires_at', '>', now)
        .orderBy('app')
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

const coveredBy = (row: Omit<Row, 'mac'>) => [
  ...[row.id, row.app, row.audience, fromDigest(row.installation), row.note, row.author],
  ...[row.created_at, row.expires_at, row.tier],
]
/** Whether the service wrote the row of an entry. */
export const isGenuineAllowed = (macs: RowMacs, row: Row): boolean =>
  macs.hold('allow_entries', coveredBy(row), row.mac)

async function addEntry(
  db: Database,
  macs: RowMacs,
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
    // Entries with a wrong MAC take no space on the list.
    const genuine = others.filter((row) => isGenuineAllowed(macs, row)).map(toEntry)
    const before = genuine.find((other) => other.audience === audience && other.installation === installation)
    // Support fills its own part of the list, and leaves operators theirs.
    const alike = genuine.filter(({ tier }) => (tier === null) === (entry.tier === null))
    const isOneMore = before === undefined || (before.tier === null) !== (entry.tier === null)
    if (isOneMore && alike.length >= most) return 'full'
    const { id, note, author, tier } = entry
    const row = {
      ...{ id, app, audience, installation: toDigest(installation), note, author, tier },
      created_at: toMillis(entry.created_at),
      expires_at: toMillis(entry.expires_at),
    }
    const written = { ...row, mac: macs.of('allow_entries', coveredBy(row)) }
    await trx
      .insertInto('allow_entries')
      .values(written)
      .onConflict((conflict) => conflict.columns(['app', 'audience', 'installation']).doUpdateSet(written))
      .execute()
    return { before }
  })
}

async function letThrough(
  db: Database,
  macs: RowMacs,
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
      .selectAll()
      .where('app', '=', app)
      .where('audience', '=', audience)
      .where('installation', '=', toDigest(installation))
      .where('expires_at', '>', now)
      .executeTakeFirst()
    if (standing?.tier === null && isGenuineAllowed(macs, standing)) return 'exists'
    const added = await addEntry(trx, macs, entry, now, most.listed)
    if (added === 'full' || author === null) return added
    if (!(await countLetThrough(trx, author, dayOf(now), most.perDay))) throw new SpentError()
    return added
  }).catch((error: unknown) => {
    if (error instanceof SpentError) return 'spent'
    // The key of the author was removed meanwhile.
    if (isForeignKeyViolation(error)) return 'author_gone'
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

function toEntry({ mac: _, ...row }: Row): AllowEntry {
  return {
    ...row,
    installation: fromDigest(row.installation),
    created_at: toTime(row.created_at),
    expires_at: toTime(row.expires_at),
  }
}
