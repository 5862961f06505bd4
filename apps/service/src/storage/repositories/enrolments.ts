import { sql } from 'kysely'
import type { Enrolment, Kept, VouchingKey } from '../../attestation/installation.ts'
import { toJson } from '../columns.ts'
import type { OpenedDatabase } from '../opened-database.ts'
import type { Database, Tables } from '../tables.ts'

const dayLength = 86_400_000

/** Days since 1970, UTC. */
export function dayOf(millis: number): number {
  return Math.floor(millis / dayLength)
}

/** Writes an enrolment, or says why not. Atomic: of several by one vouching key, each counts those before it. */
export type Enrol = (enrolment: Enrolment, now: number) => Promise<Kept>

/** The database's own way to write one. */
export function enrolIn({ kind, db }: Pick<OpenedDatabase, 'kind' | 'db'>): Enrol {
  switch (kind) {
    case 'sqlite':
      return (enrolment, now) => enrolAlone(db, enrolment, now)
    case 'postgres':
      return (enrolment, now) => enrolByFunction(db, enrolment, now)
  }
}

/** One statement: a client that stops answering holds no lock. */
async function enrolByFunction(db: Database, enrolment: Enrolment, now: number): Promise<Kept> {
  const { vouchingKey, isVouchedAnew, perDay, unvouchedPerDay, names } = enrolment
  const row = toRow(enrolment, now, now)
  const { rows } = await sql<{ kept: Kept }>`select enrol_installation(
    ${row.app}, ${row.thumbprint}, ${row.anchor_kind}, ${row.anchor}, ${vouchingKey !== undefined && isVouchedAnew},
    ${perDay ?? null}, ${unvouchedPerDay ?? null}, ${dayOf(now)}, ${row.version_code}, ${row.abi}, ${row.holder_key},
    ${row.evidence}, ${row.assertion_key}, ${row.assertion_counter}, ${row.receipt}, ${row.ask_at}, ${row.binding},
    ${now}, ${[...names]}::bigint[]) as kept`.execute(db)
  return (rows[0] as { kept: Kept }).kept
}

/** As the function does it, where transactions of the one process come one after the other. */
async function enrolAlone(db: Database, enrolment: Enrolment, now: number): Promise<Kept> {
  const { app, thumbprint, vouchingKey, isVouchedAnew, perDay, versionCode, names } = enrolment
  return db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom('installations')
      .select(['version_code', 'created_at'])
      .where('app', '=', app)
      .where('thumbprint', '=', thumbprint)
      .executeTakeFirst()
    if (known !== undefined && known.version_code > versionCode) return 'older_build'
    if (vouchingKey !== undefined && isVouchedAnew) {
      if (perDay === undefined) await supersede(trx, app, vouchingKey, thumbprint)
      else {
        const others = await countEnrolments(trx, app, vouchingKey, thumbprint, dayOf(now))
        if (others >= perDay) return 'vouching_key_spent'
      }
      await noteEnrolment(trx, {
        app,
        kind: vouchingKey.kind,
        anchor: vouchingKey.id,
        day: dayOf(now),
        thumbprint,
      })
    }
    if (vouchingKey === undefined && known === undefined && !(await enrolUnvouched(trx, enrolment, now)))
      return 'unvouched_spent'
    const row = toRow(enrolment, known?.created_at ?? now, now)
    await trx
      .insertInto('installations')
      .values(row)
      .onConflict((conflict) => conflict.columns(['app', 'thumbprint']).doUpdateSet(row))
      .execute()
    if (names.length > 0)
      await trx
        .insertInto('installation_names')
        .values(names.map((name) => ({ app, thumbprint, name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    return 'ok'
  })
}

/** Counted like the enrolments of a vouching key: those of all who have none. */
const nobody: VouchingKey = { kind: 'none', id: '' }

/** False, and nothing is counted: as many have enrolled today as may. */
async function enrolUnvouched(
  db: Database,
  { app, thumbprint, unvouchedPerDay }: Enrolment,
  now: number,
): Promise<boolean> {
  if (unvouchedPerDay === undefined) return true
  const others = await countEnrolments(db, app, nobody, thumbprint, dayOf(now))
  if (others >= unvouchedPerDay) return false
  await noteEnrolment(db, { app, kind: nobody.kind, anchor: nobody.id, day: dayOf(now), thumbprint })
  return true
}

async function noteEnrolment(db: Database, row: Tables['anchor_enrolments']): Promise<void> {
  await db
    .insertInto('anchor_enrolments')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** One live installation key per vouching key: the one before is forgotten. */
async function supersede(
  db: Database,
  app: string,
  { kind, id }: VouchingKey,
  thumbprint: string,
): Promise<void> {
  await db
    .deleteFrom('installations')
    .where('app', '=', app)
    .where('anchor_kind', '=', kind)
    .where('anchor', '=', id)
    .where('thumbprint', '!=', thumbprint)
    .execute()
}

/** Other installation keys that the vouching key has vouched for on `day`. */
export async function countEnrolments(
  db: Database,
  app: string,
  vouchingKey: VouchingKey,
  thumbprint: string,
  day: number,
): Promise<number> {
  const { count } = await db
    .selectFrom('anchor_enrolments')
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('count'))
    .where('app', '=', app)
    .where('kind', '=', vouchingKey.kind)
    .where('anchor', '=', vouchingKey.id)
    .where('day', '=', day)
    .where('thumbprint', '!=', thumbprint)
    .executeTakeFirstOrThrow()
  return Number(count)
}

function toRow(
  enrolment: Enrolment,
  createdAt: number,
  now: number,
): Omit<Tables['installations'], 'formats'> {
  const { vouchingKey, assertion, receipt } = enrolment
  return {
    app: enrolment.app,
    thumbprint: enrolment.thumbprint,
    version_code: enrolment.versionCode,
    abi: enrolment.abi ?? null,
    holder_key: enrolment.holderKey,
    anchor_kind: vouchingKey?.kind ?? null,
    anchor: vouchingKey?.id ?? null,
    evidence: toJson([...enrolment.evidence]),
    assertion_key: assertion === undefined ? null : toJson(assertion.key),
    assertion_counter: assertion?.counter ?? 0,
    receipt: receipt === undefined ? null : Buffer.from(receipt),
    ask_at: receipt === undefined ? null : now,
    binding: enrolment.binding,
    created_at: createdAt,
    seen_at: now,
  }
}
