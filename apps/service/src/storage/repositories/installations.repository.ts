import type { Selectable } from 'kysely'
import { fromJson, toJson } from '../columns.ts'
import type { Database, Tables } from '../tables.ts'
import type {
  Enrolment,
  Installation,
  Kept,
  Refreshment,
  VouchingKey,
} from '../../attestation/installation.ts'
import type { InquiryDue, InquiryLearned, InquiryStore } from '../../attestation/inquiries.ts'
import type { InstallationStore } from '../../attestation/ports.ts'
import type { VouchingKeyStore } from '../../provisioning/ports.ts'

const dayLength = 86_400_000

export interface InstallationRepository extends InquiryStore, InstallationStore, VouchingKeyStore {
  /** Counts one call to a vendor in each share. False, and nothing is counted: one of them is spent for the day. Atomic. */
  takeVendorCall(call: VendorCall, now: number): Promise<boolean>
  /** Forgets installations last seen before `before`, counts of days before it, and of vendor's calls those before yesterday. */
  prune(before: number, now: number): Promise<void>
}

export function createInstallationRepository({ db }: { db: Database }): InstallationRepository {
  return {
    find: (app: string, thumbprint: string) => findInstallation(db, app, thumbprint),
    countEnrolments: (app: string, vouchingKey: VouchingKey, thumbprint: string, now: number) =>
      countEnrolments(db, app, vouchingKey, thumbprint, dayOf(now)),
    vouchingKeys: (app: string) => vouchingKeysOf(db, app),
    enrol: (enrolment: Enrolment, now: number) => enrol(db, enrolment, now),
    refresh: (refreshment: Refreshment, now: number) => refresh(db, refreshment, now),
    takeVendorCall: (call: VendorCall, now: number) => takeVendorCall(db, call, dayOf(now)),
    due: (now: number, limit: number) => dueInquiries(db, now, limit),
    learn: (asked: InquiryDue, learned: InquiryLearned) => learn(db, asked, learned),
    prune: (before: number, now: number) => prune(db, before, now),
  }
}

type Row = Selectable<Tables['installations']>

async function findInstallation(
  db: Database,
  app: string,
  thumbprint: string,
): Promise<Installation | undefined> {
  const row = await db
    .selectFrom('installations')
    .selectAll()
    .where('app', '=', app)
    .where('thumbprint', '=', thumbprint)
    .executeTakeFirst()
  return row === undefined ? undefined : toInstallation(row)
}

const pageLength = 1_000

async function* vouchingKeysOf(
  db: Database,
  app: string,
): AsyncGenerator<{ thumbprint: string; vouchingKey: VouchingKey }> {
  let last = ''
  for (;;) {
    const rows = await db
      .selectFrom('installations')
      .select(['thumbprint', 'anchor_kind', 'anchor'])
      .where('app', '=', app)
      .where('thumbprint', '>', last)
      .orderBy('thumbprint')
      .limit(pageLength)
      .execute()
    for (const { thumbprint, anchor_kind: kind, anchor: id } of rows) {
      last = thumbprint
      if (kind !== null && id !== null) yield { thumbprint, vouchingKey: { kind, id } }
    }
    if (rows.length < pageLength) return
  }
}

async function enrol(db: Database, enrolment: Enrolment, now: number): Promise<Kept> {
  const { app, thumbprint, vouchingKey, isVouchedAnew, perDay, versionCode } = enrolment
  return db.transaction().execute(async (trx) => {
    // The app's row is the lock: of two enrolments by one vouching key one counts the other.
    await trx.updateTable('apps').set({ id: app }).where('id', '=', app).execute()
    const known = await findInstallation(trx, app, thumbprint)
    if (known !== undefined && known.versionCode > versionCode) return 'older_build'
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
    const row = toRow(enrolment, known?.createdAt ?? now, now)
    await trx
      .insertInto('installations')
      .values(row)
      .onConflict((conflict) => conflict.columns(['app', 'thumbprint']).doUpdateSet(row))
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

async function countEnrolments(
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

async function refresh(
  db: Database,
  { app, thumbprint, versionCode, abi, binding, counter }: Refreshment,
  now: number,
): Promise<Kept> {
  const { numUpdatedRows } = await db
    .updateTable('installations')
    .set((column) => ({
      version_code: versionCode,
      abi: abi ?? column.ref('abi'),
      binding,
      seen_at: now,
      assertion_counter: counter ?? column.ref('assertion_counter'),
    }))
    .where('app', '=', app)
    .where('thumbprint', '=', thumbprint)
    .where('version_code', '<=', versionCode)
    .where((column) =>
      counter === undefined
        ? column.lit(true)
        : column.or([
            column('assertion_counter', '<', counter),
            column.and([column('assertion_counter', '=', counter), column('binding', '=', binding)]),
          ]),
    )
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) return 'ok'
  const known = await findInstallation(db, app, thumbprint)
  if (known === undefined) return 'unknown'
  return known.versionCode > versionCode ? 'older_build' : 'counter_used'
}

/** A call to a vendor, and the shares of a day that it is taken from. */
export interface VendorCall {
  app: string
  /** Names that begin with that of the scheme of evidence. In one order everywhere: what others wait for comes last. */
  shares: readonly { readonly name: string; readonly limit: number }[]
}

/** Undoes what was taken: a later share is spent. */
class ShareSpent extends Error {}

async function takeVendorCall(db: Database, { app, shares }: VendorCall, day: number): Promise<boolean> {
  if (shares.some(({ limit }) => limit < 1)) return false
  try {
    await db.transaction().execute(async (trx) => {
      for (const share of shares)
        if (!(await takeShare(trx, { app, vendor: share.name, day }, share.limit))) throw new ShareSpent()
    })
    return true
  } catch (error) {
    if (error instanceof ShareSpent) return false
    throw error
  }
}

async function takeShare(
  db: Database,
  row: Omit<Tables['vendor_calls'], 'calls'>,
  limit: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('vendor_calls')
    .values({ ...row, calls: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['app', 'vendor', 'day'])
        .doUpdateSet((column) => ({ calls: column('vendor_calls.calls', '+', 1) }))
        .where('vendor_calls.calls', '<', limit),
    )
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

async function dueInquiries(db: Database, now: number, limit: number): Promise<InquiryDue[]> {
  const rows = await db
    .selectFrom('installations')
    .select(['app', 'thumbprint', 'evidence', 'receipt'])
    .where('ask_at', '<=', now)
    .orderBy('ask_at')
    .limit(limit)
    .execute()
  return rows.flatMap(({ app, thumbprint, evidence, receipt }) =>
    receipt === null ? [] : [{ app, thumbprint, evidence: fromJson(evidence), receipt }],
  )
}

async function learn(
  db: Database,
  asked: InquiryDue,
  { evidence, receipt, askAt }: InquiryLearned,
): Promise<void> {
  await db
    .updateTable('installations')
    .set({ evidence: toJson([...evidence]), receipt: Buffer.from(receipt), ask_at: askAt ?? null })
    .where('app', '=', asked.app)
    .where('thumbprint', '=', asked.thumbprint)
    .where('receipt', '=', Buffer.from(asked.receipt))
    .execute()
}

async function prune(db: Database, before: number, now: number): Promise<void> {
  await db.deleteFrom('installations').where('seen_at', '<', before).execute()
  await db.deleteFrom('anchor_enrolments').where('day', '<', dayOf(before)).execute()
  await db
    .deleteFrom('vendor_calls')
    .where('day', '<', dayOf(now) - 1)
    .execute()
}

function dayOf(millis: number): number {
  return Math.floor(millis / dayLength)
}

function toRow(enrolment: Enrolment, createdAt: number, now: number): Tables['installations'] {
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

function toInstallation(row: Row): Installation {
  return {
    app: row.app,
    thumbprint: row.thumbprint,
    versionCode: row.version_code,
    abi: row.abi ?? undefined,
    holderKey: row.holder_key,
    vouchingKey:
      row.anchor_kind === null || row.anchor === null ? undefined : { kind: row.anchor_kind, id: row.anchor },
    evidence: fromJson(row.evidence),
    assertion:
      row.assertion_key === null
        ? undefined
        : { key: fromJson(row.assertion_key), counter: row.assertion_counter },
    binding: row.binding,
    createdAt: row.created_at,
  }
}
