import { sql, type Insertable } from 'kysely'
import type { Enrolment, Kept, VouchingKeyId } from '../../attestation/model/installation.ts'
import { saidDeviceText } from '../../attestation/model/said-device.ts'
import { toJson } from '../database/columns.ts'
import { toDigest } from '../database/digest-column.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import type { EvidencePacking } from '../database/evidence-packing.ts'
import type { PackedEvidence } from '../database/packed-evidence.ts'
import type { Database, Tables } from '../database/tables.ts'

const dayLength = 86_400_000

/** Days since 1970, UTC. */
export function dayOf(millis: number): number {
  return Math.floor(millis / dayLength)
}

/** The number of an app in a condition; null, for which no condition holds, if it has no installation yet. */
export function numbered(app: string) {
  return sql<number>`(select number from app_numbers where app = ${app})`
}

/** Writes an enrolment, or says why not. Atomic: of several with one vouching key, each counts those before it. */
export type Enrol = (enrolment: Enrolment, now: number) => Promise<Kept>

/** The database-specific way to write one. */
export function enrolIn({ kind, db }: Pick<OpenedDatabase, 'kind' | 'db'>, { pack }: EvidencePacking): Enrol {
  switch (kind) {
    case 'sqlite':
      return async (enrolment, now) => enrolAlone(db, enrolment, await pack(enrolment.evidence), now)
    case 'postgres':
      return async (enrolment, now) => enrolByFunction(db, enrolment, await pack(enrolment.evidence), now)
  }
}

/** One statement: a client that stops responding holds no lock. */
async function enrolByFunction(
  db: Database,
  enrolment: Enrolment,
  evidence: PackedEvidence,
  now: number,
): Promise<Kept> {
  const { app, thumbprint, vouchingKey, isVouchedAnew, perDay, unvouchedPerDay, names } = enrolment
  const row = columnsOf(enrolment, now)
  const kept = evidenceOf(enrolment, evidence, now)
  const { rows } = await sql<{ kept: Kept }>`select enrol_installation(
    ${app}, ${toDigest(thumbprint)}, ${row.vouching_key_kind}, ${row.vouching_key}, ${vouchingKey !== undefined && isVouchedAnew},
    ${perDay ?? null}, ${unvouchedPerDay ?? null}, ${row.seen_on}, ${row.version_code}, ${row.abi}, ${row.holder_key},
    ${formatsOf(enrolment)}, ${kept.evidence}, ${row.assertion_key}, ${row.assertion_counter}, ${kept.receipt},
    ${kept.ask_at}, ${row.binding}, ${now}, ${[...names]}::bigint[], ${kept.said_device}) as kept`.execute(db)
  return (rows[0] as { kept: Kept }).kept
}

/** Does what the function does; the transactions of the single process run one after the other. */
async function enrolAlone(
  db: Database,
  enrolment: Enrolment,
  evidence: PackedEvidence,
  now: number,
): Promise<Kept> {
  const { thumbprint, vouchingKey, versionCode } = enrolment
  return db.transaction().execute(async (trx) => {
    const app = await numberOf(trx, enrolment.app)
    const known = await trx
      .selectFrom('installations')
      .select('version_code')
      .where('app', '=', app)
      .where('thumbprint', '=', toDigest(thumbprint))
      .executeTakeFirst()
    if (known !== undefined && known.version_code > versionCode) return 'older_build'
    if (vouchingKey !== undefined && !(await enrolVouched(trx, app, vouchingKey, enrolment, now)))
      return 'vouching_key_spent'
    if (vouchingKey === undefined && known === undefined && !(await enrolUnvouched(trx, app, enrolment, now)))
      return 'unvouched_spent'
    await write(trx, app, enrolment, evidenceOf(enrolment, evidence, now), now)
    return 'ok'
  })
}

/** The number of an app; it gets one with its first installation. */
async function numberOf(db: Database, app: string): Promise<number> {
  const known = await db.selectFrom('app_numbers').select('number').where('app', '=', app).executeTakeFirst()
  const { number } =
    known ??
    (await db.insertInto('app_numbers').values({ app }).returning('number').executeTakeFirstOrThrow())
  return number
}

async function numberOfFormats(db: Database, formats: string): Promise<number> {
  const known = await db
    .selectFrom('format_sets')
    .select('number')
    .where('formats', '=', formats)
    .executeTakeFirst()
  const { number } =
    known ??
    (await db.insertInto('format_sets').values({ formats }).returning('number').executeTakeFirstOrThrow())
  return number
}

async function write(
  db: Database,
  app: number,
  enrolment: Enrolment,
  evidence: ReturnType<typeof evidenceOf>,
  now: number,
): Promise<void> {
  const columns = { formats: await numberOfFormats(db, formatsOf(enrolment)), ...columnsOf(enrolment, now) }
  const { id } = await db
    .insertInto('installations')
    .values({ app, thumbprint: toDigest(enrolment.thumbprint), created_at: now, ...columns })
    .onConflict((conflict) => conflict.columns(['app', 'thumbprint']).doUpdateSet(columns))
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('installation_evidence')
    .values({ installation: id, ...evidence })
    .onConflict((conflict) => conflict.column('installation').doUpdateSet(evidence))
    .execute()
  if (enrolment.names.length === 0) return
  await db
    .insertInto('installation_names')
    .values(enrolment.names.map((name) => ({ name, installation: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** False, and nothing is counted: the key has reached its number for today. */
async function enrolVouched(
  db: Database,
  app: number,
  vouchingKey: VouchingKeyId,
  { thumbprint, isVouchedAnew, perDay }: Enrolment,
  now: number,
): Promise<boolean> {
  if (!isVouchedAnew) return true
  if (perDay === undefined) await supersede(db, app, vouchingKey, thumbprint)
  return enrolCounted(db, app, vouchingKey, { thumbprint, limit: perDay }, now)
}

/** Counts the enrolments of all that have no vouching key, in the same way as those of a vouching key. */
const nobody: VouchingKeyId = { kind: 'none', id: '' }

/** False, and nothing is counted: the number of enrolments for today is reached. */
async function enrolUnvouched(
  db: Database,
  app: number,
  { thumbprint, unvouchedPerDay: limit }: Enrolment,
  now: number,
): Promise<boolean> {
  return limit === undefined || enrolCounted(db, app, nobody, { thumbprint, limit }, now)
}

async function enrolCounted(
  db: Database,
  app: number,
  { kind, id }: VouchingKeyId,
  { thumbprint, limit }: { thumbprint: string; limit: number | undefined },
  now: number,
): Promise<boolean> {
  const row = { day: dayOf(now), app, vouching_key: toDigest(id), kind, thumbprint: toDigest(thumbprint) }
  if (limit !== undefined) {
    const { count } = await countOthers(db, row).where('app', '=', app).executeTakeFirstOrThrow()
    if (count >= limit) return false
  }
  await db
    .insertInto('enrolments')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return true
}

/** One live installation key per vouching key: the previous one is forgotten. */
async function supersede(
  db: Database,
  app: number,
  { kind, id }: VouchingKeyId,
  thumbprint: string,
): Promise<void> {
  await db
    .deleteFrom('installations')
    .where('app', '=', app)
    .where('vouching_key', '=', toDigest(id))
    .where('vouching_key_kind', '=', kind)
    .where('thumbprint', '!=', toDigest(thumbprint))
    .execute()
}

/** Other installation keys that the vouching key has vouched for on `day`. */
export async function countEnrolments(
  db: Database,
  app: string,
  { kind, id }: VouchingKeyId,
  thumbprint: string,
  day: number,
): Promise<number> {
  const { count } = await countOthers(db, {
    day,
    vouching_key: toDigest(id),
    kind,
    thumbprint: toDigest(thumbprint),
  })
    .where('app', '=', numbered(app))
    .executeTakeFirstOrThrow()
  return count
}

function countOthers(
  db: Database,
  { day, vouching_key, kind, thumbprint }: Omit<Tables['enrolments'], 'app'>,
) {
  return db
    .selectFrom('enrolments')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('day', '=', day)
    .where('vouching_key', '=', vouching_key)
    .where('kind', '=', kind)
    .where('thumbprint', '!=', thumbprint)
}

type Columns = Omit<
  Insertable<Tables['installations']>,
  'id' | 'app' | 'thumbprint' | 'created_at' | 'formats'
>

/** Columns that a new enrolment replaces. */
function columnsOf({ vouchingKey, assertion, ...enrolment }: Enrolment, now: number) {
  return {
    version_code: enrolment.versionCode,
    assertion_counter: assertion?.counter ?? 0,
    seen_on: dayOf(now),
    binding: toDigest(enrolment.binding),
    vouching_key: vouchingKey === undefined ? null : toDigest(vouchingKey.id),
    vouching_key_kind: vouchingKey?.kind ?? null,
    holder_key: enrolment.holderKey,
    abi: enrolment.abi ?? null,
    assertion_key: assertion === undefined ? null : toJson(assertion.key),
  } satisfies Columns
}

function evidenceOf({ receipt, saidDevice }: Enrolment, evidence: PackedEvidence, now: number) {
  return {
    evidence,
    receipt: receipt === undefined ? null : Buffer.from(receipt),
    ask_at: receipt === undefined ? null : now,
    said_device: saidDeviceText(saidDevice),
  }
}

/** Each once, sorted byte by byte, separated by spaces. */
function formatsOf({ evidence }: Enrolment): string {
  return [...new Set(evidence.map(({ format }) => format))].sort().join(' ')
}
