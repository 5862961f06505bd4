import { sql } from 'kysely'
import type { Installation, Recollection, EarlyRefreshment } from '../../attestation/model/installation.ts'
import type { InstallationStore } from '../../attestation/model/ports.ts'
import { toDigest } from '../database/digest-column.ts'
import type { EvidencePacking } from '../database/evidence-packing.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import type { Database } from '../database/tables.ts'
import { dayOf, numbered } from './enrolments.ts'
import { namesOfIt, toInstallation, type InstallationRow } from './installation-rows.ts'

/** The database-specific way to read what is remembered, and to note a refresh with it. */
export function recallIn(
  { kind, db }: Pick<OpenedDatabase, 'kind' | 'db'>,
  packing: EvidencePacking,
): InstallationStore['recall'] {
  const recall = async (app: string, thumbprint: string, now: number) => {
    const row = await known(db, app, thumbprint, now).executeTakeFirst()
    return row && toRecollection(app, row, false, packing)
  }
  switch (kind) {
    case 'sqlite':
      return async (app, thumbprint, refreshment, now) => {
        const recalled = await recall(app, thumbprint, now)
        if (refreshment === undefined || recalled === undefined || recalled.isBanned) return recalled
        return { ...recalled, isRecorded: await record(db, refreshment, now) }
      }
    case 'postgres':
      return (app, thumbprint, refreshment, now) =>
        refreshment === undefined
          ? recall(app, thumbprint, now)
          : recallAndRecord(db, packing, refreshment, now)
  }
}

/**
 * How far a counter may be ahead of the remembered one to be recorded before its assertion is verified. Devices count in
 * steps of one: a value that stays there for a moment is not far away.
 */
const mostAhead = 256

/** One process and one connection: the statement checks again what was read. */
async function record(db: Database, refreshment: EarlyRefreshment, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('installations')
    .set(columnsOf(refreshment, now))
    .where('app', '=', numbered(refreshment.app))
    .where('thumbprint', '=', toDigest(refreshment.thumbprint))
    .where(mayBeRecorded(refreshment))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** One statement. It locks the row before it compares, so that of two at once one sees what the other wrote. */
async function recallAndRecord(
  db: Database,
  packing: EvidencePacking,
  refreshment: EarlyRefreshment,
  now: number,
): Promise<Recollection | undefined> {
  const { app, thumbprint } = refreshment
  const row = await db
    .with('known', () => known(db, app, thumbprint, now).forNoKeyUpdate('installations'))
    .with('recorded', (cte) =>
      cte
        .updateTable('installations')
        .from('known')
        .set(columnsOf(refreshment, now))
        .whereRef('installations.id', '=', 'known.id')
        .where('bans', '=', 0)
        .where(mayBeRecorded(refreshment))
        .returning('installations.id as recorded_id'),
    )
    .selectFrom('known')
    .leftJoin('recorded', 'recorded_id', 'known.id')
    .selectAll('known')
    .select('recorded_id')
    .executeTakeFirst()
  return row && toRecollection(app, row, row.recorded_id !== null, packing)
}

/**
 * The row of an installation, and what is known about its vouching key: bans, and others that it has vouched for
 * today.
 */
function known(db: Database, app: string, thumbprint: string, now: number) {
  return db
    .selectFrom('installations')
    .innerJoin('installation_evidence', 'installation', 'id')
    .selectAll('installations')
    .select(['evidence', namesOfIt.as('names')])
    .select(({ selectFrom }) => [
      selectFrom('bans as ban')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('ban.app', '=', app)
        .whereRef('ban.kind', '=', 'vouching_key_kind')
        .whereRef('ban.vouching_key', '=', 'installations.vouching_key')
        .where(({ or, eb }) => or([eb('ban.expires_at', 'is', null), eb('ban.expires_at', '>', now)]))
        .as('bans'),
      selectFrom('enrolments as other')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('other.day', '=', dayOf(now))
        .whereRef('other.app', '=', 'installations.app')
        .whereRef('other.vouching_key', '=', 'installations.vouching_key')
        .whereRef('other.kind', '=', 'vouching_key_kind')
        .whereRef('other.thumbprint', '!=', 'installations.thumbprint')
        .as('others'),
    ])
    .where('installations.app', '=', numbered(app))
    .where('installations.thumbprint', '=', toDigest(thumbprint))
}

function columnsOf({ versionCode, abi, binding, counter }: EarlyRefreshment, now: number) {
  return {
    version_code: versionCode,
    binding: toDigest(binding),
    seen_on: dayOf(now),
    ...(abi === undefined ? {} : { abi }),
    ...(counter === undefined ? {} : { assertion_counter: counter }),
  }
}

function mayBeRecorded({ versionCode, abi, binding, counter }: EarlyRefreshment) {
  const isNotOlder = sql<boolean>`installations.version_code <= ${versionCode}`
  const isSameAbi =
    abi === undefined
      ? sql<boolean>`true`
      : sql<boolean>`(installations.abi is null or installations.abi = ${abi})`
  const isNext =
    counter === undefined
      ? sql<boolean>`true`
      : sql<boolean>`(
          installations.assertion_counter < ${counter} and installations.assertion_counter >= ${counter - mostAhead}
          or installations.assertion_counter = ${counter} and installations.binding = ${toDigest(binding)}
        )`
  return sql<boolean>`${isNotOlder} and ${isSameAbi} and ${isNext}`
}

async function toRecollection(
  app: string,
  row: InstallationRow & { bans: number | null; others: number | null },
  isRecorded: boolean,
  packing: EvidencePacking,
): Promise<Recollection> {
  return {
    installation: await toInstallation(app, row, packing),
    isBanned: row.bans !== 0,
    enrolmentsToday: row.others ?? 0,
    isRecorded,
  }
}

/**
 * Nothing changes if another exchange has written in the meantime. The day on which it was last seen stays, because it
 * is true.
 */
export async function takeBack(
  db: Database,
  { app, thumbprint, binding, counter }: EarlyRefreshment,
  before: Installation,
): Promise<void> {
  await db
    .updateTable('installations')
    .set({
      version_code: before.versionCode,
      abi: before.abi ?? null,
      binding: toDigest(before.binding),
      ...(counter === undefined ? {} : { assertion_counter: before.assertion?.counter ?? 0 }),
    })
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(thumbprint))
    .where('binding', '=', toDigest(binding))
    .$if(counter !== undefined, (update) => update.where('assertion_counter', '=', counter as number))
    .execute()
}
