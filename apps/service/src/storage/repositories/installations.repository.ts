import { statusListMemory } from '@assay/protocol'
import type { SelectQueryBuilder } from 'kysely'
import { fromDigest, toDigest, type Digest } from '../database/digest-column.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import { packEvidence, unpackEvidence } from '../database/packed-evidence.ts'
import type { Database, Tables } from '../database/tables.ts'
import { countEnrolments, dayOf, enrolIn, numbered } from './enrolments.ts'
import { inSlices } from './in-slices.ts'
import { namesOfIt, toInstallation, toVouched } from './installation-rows.ts'
import { recallIn, takeBack } from './recollections.ts'
import type {
  EarlyRefreshment,
  Installation,
  Kept,
  Refreshment,
  VouchingKey,
} from '../../attestation/model/installation.ts'
import type {
  InquiryDue,
  InquiryLearned,
  InquiryLook,
  InquiryPosition,
  InquiryStore,
} from '../../attestation/inquiries.ts'
import type { InstallationStore } from '../../attestation/model/ports.ts'
import type { RememberedStore } from '../../provisioning/dry-run/ports.ts'
import type { VouchedInstallation, VouchingKeyStore } from '../../provisioning/model/ports.ts'

export interface InstallationRepository
  extends InquiryStore, InstallationStore, RememberedStore, VouchingKeyStore {
  /**
   * Counts one call to a vendor in each share. False, and nothing is counted: one of them is spent for the day.
   * Atomic.
   */
  takeVendorCall(call: VendorCall, now: number): Promise<boolean>
  /**
   * Forgets installations last seen before the day of `before`, enrolments that no guard asks about any more, and calls
   * to vendors before yesterday.
   *
   * @param signal ends it early: the rest is left for the next time
   */
  prune(before: number, now: number, signal?: AbortSignal): Promise<void>
  /** Forgets the installations that an app has now, and what vouched for them. */
  forgetOf(app: string): Promise<void>
}

export function createInstallationRepository(
  database: Pick<OpenedDatabase, 'db' | 'kind'>,
): InstallationRepository {
  const { db } = database
  return {
    find: (app: string, thumbprint: string) => findInstallation(db, app, thumbprint),
    countEnrolments: (app: string, vouchingKey: VouchingKey, thumbprint: string, now: number) =>
      countEnrolments(db, app, vouchingKey, thumbprint, dayOf(now)),
    named: (app: string, name: number) => named(db, app, name),
    remembered: (app, sinceDay, after, limit) => rememberedSince(db, { app, sinceDay, after, limit }),
    enrol: enrolIn(database),
    recall: recallIn(database),
    takeBack: (refreshment: EarlyRefreshment, before: Installation) => takeBack(db, refreshment, before),
    refresh: (refreshment: Refreshment, now: number) => refresh(db, refreshment, now),
    takeVendorCall: (call: VendorCall, now: number) => takeVendorCall(db, call, dayOf(now)),
    due: (now: number, look: InquiryLook) => dueInquiries(db, now, look),
    take: (due: InquiryDue, until: number) => takeInquiry(db, due, until),
    learn: (asked: InquiryDue, learned: InquiryLearned) => learn(db, asked, learned),
    prune: (...how) => prune(db, ...how),
    forgetOf: (app: string) => forgetOf(db, app),
  }
}

async function findInstallation(
  db: Database,
  app: string,
  thumbprint: string,
): Promise<Installation | undefined> {
  const row = await db
    .selectFrom('installations')
    .innerJoin('installation_evidence', 'installation', 'id')
    .selectAll('installations')
    .select(['evidence', namesOfIt.as('names')])
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(thumbprint))
    .executeTakeFirst()
  return row === undefined ? undefined : toInstallation(app, row)
}

interface Seen {
  app: string
  sinceDay: number
  after: string | undefined
  limit: number
}

async function rememberedSince(db: Database, { app, sinceDay, after, limit }: Seen): Promise<Installation[]> {
  const rows = await db
    .selectFrom('installations')
    .innerJoin('installation_evidence', 'installation', 'id')
    .selectAll('installations')
    .select(['evidence', namesOfIt.as('names')])
    .where('app', '=', numbered(app))
    .where('seen_on', '>=', sinceDay)
    .where('thumbprint', '>', after === undefined ? (Buffer.alloc(0) as Digest) : toDigest(after))
    .orderBy('thumbprint')
    .limit(limit)
    .execute()
  return rows.map((row) => toInstallation(app, row))
}

async function named(db: Database, app: string, name: number): Promise<VouchedInstallation[]> {
  const rows = await db
    .selectFrom('installation_names')
    .innerJoin('installations', 'id', 'installation')
    .select(['thumbprint', 'anchor_kind', 'anchor'])
    .where('name', '=', name)
    .where('app', '=', numbered(app))
    .execute()
  return rows.flatMap(toVouched)
}

async function refresh(
  db: Database,
  { app, thumbprint, versionCode, abi, binding, counter, newNames }: Refreshment,
  now: number,
): Promise<Kept> {
  const { numUpdatedRows } = await db
    .updateTable('installations')
    .set((column) => ({
      version_code: versionCode,
      abi: abi ?? column.ref('abi'),
      binding: toDigest(binding),
      seen_on: dayOf(now),
      assertion_counter: counter ?? column.ref('assertion_counter'),
    }))
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(thumbprint))
    .where('version_code', '<=', versionCode)
    .where((column) =>
      counter === undefined
        ? column.lit(true)
        : column.or([
            column('assertion_counter', '<', counter),
            column.and([
              column('assertion_counter', '=', counter),
              column('binding', '=', toDigest(binding)),
            ]),
          ]),
    )
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) {
    for (const name of newNames) await addName(db, app, thumbprint, name)
    return 'ok'
  }
  const known = await findInstallation(db, app, thumbprint)
  if (known === undefined) return 'unknown'
  return known.versionCode > versionCode ? 'older_build' : 'counter_used'
}

/** Only when an API gets its first token for the installation: rarely. */
async function addName(db: Database, app: string, thumbprint: string, name: number): Promise<void> {
  await db
    .insertInto('installation_names')
    .columns(['name', 'installation'])
    .expression(({ selectFrom, val }) =>
      selectFrom('installations')
        .select([val(name).as('name'), 'id'])
        .where('app', '=', numbered(app))
        .where('thumbprint', '=', toDigest(thumbprint)),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A call to a vendor, and the daily shares that it is taken from. */
export interface VendorCall {
  app: string
  /**
   * Names that begin with that of the scheme of evidence. The order is the same everywhere: what others wait for comes
   * last.
   */
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

/**
 * Inquiries that one search may skip for each one that it should find: an app whose vendor is away for days may have
 * any number.
 */
export const passedOverForEach = 50

async function dueInquiries(
  db: Database,
  now: number,
  { limit, without, after }: InquiryLook,
): ReturnType<InquiryStore['due']> {
  const mostSeen = without.size === 0 ? limit : limit * passedOverForEach
  const seen = await db
    .selectFrom('installation_evidence')
    .innerJoin('installations', 'id', 'installation')
    .innerJoin('app_numbers', 'number', 'installations.app')
    .select(['app_numbers.app', 'installation', 'ask_at as askAt'])
    .where('ask_at', '<=', now)
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) => {
        const { askAt, installation } = after as InquiryPosition
        return eb(refTuple('ask_at', 'installation'), '>', tuple(askAt, installation))
      }),
    )
    .orderBy('ask_at')
    .orderBy('installation')
    .limit(mostSeen)
    .$narrowType<{ askAt: number }>()
    .execute()
  const wanted = seen.filter(({ app }) => !without.has(app)).slice(0, limit)
  const isWhole = seen.length < mostSeen && wanted.length < limit
  const last = wanted.length === limit ? wanted.at(-1) : seen.at(-1)
  return {
    due: wanted.length === 0 ? [] : await inquiriesOf(db, wanted),
    after: isWhole || last === undefined ? undefined : { askAt: last.askAt, installation: last.installation },
  }
}

async function inquiriesOf(
  db: Database,
  wanted: readonly { app: string; installation: number; askAt: number }[],
): Promise<InquiryDue[]> {
  const rows = await db
    .selectFrom('installation_evidence')
    .innerJoin('installations', 'id', 'installation')
    .select(['installation', 'thumbprint', 'evidence', 'receipt'])
    .where(
      'installation',
      'in',
      wanted.map(({ installation }) => installation),
    )
    .execute()
  const found = new Map(rows.map((row) => [row.installation, row]))
  return wanted.flatMap(({ app, installation, askAt }) => {
    const { thumbprint, evidence, receipt } = found.get(installation) ?? { receipt: null }
    return receipt === null
      ? []
      : [{ app, thumbprint: fromDigest(thumbprint), evidence: unpackEvidence(evidence), receipt, askAt }]
  })
}

/** Of the installation that an inquiry is about. */
function idOf(db: Database, { app, thumbprint }: InquiryDue) {
  return db
    .selectFrom('installations')
    .select('id')
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(thumbprint))
}

async function takeInquiry(db: Database, due: InquiryDue, until: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('installation_evidence')
    .set({ ask_at: until })
    .where('installation', '=', idOf(db, due))
    .where('ask_at', '=', due.askAt)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

async function learn(
  db: Database,
  asked: InquiryDue,
  { evidence, receipt, askAt }: InquiryLearned,
): Promise<void> {
  await db
    .updateTable('installation_evidence')
    .set({
      evidence: packEvidence(evidence),
      receipt: Buffer.from(receipt),
      ask_at: askAt ?? null,
    })
    .where('installation', '=', idOf(db, asked))
    .where('receipt', '=', Buffer.from(asked.receipt))
    .execute()
}

/**
 * Installations removed per statement: nobody waits for long behind it. Each is stored in eight places, none of which
 * is cached if there are a million, and what a statement has touched is soon written back to the file by another one,
 * which is then slow.
 */
export const installationsPerSlice = 4
/** Enrolments removed per statement. */
export const enrolmentsPerSlice = 15
/** Days for which enrolments are kept: for as long, guards learn of keys that vouched for an installation. */
const enrolmentsKept = Math.ceil((2 * statusListMemory) / 86_400) + 1

async function forgetOf(db: Database, app: string): Promise<void> {
  // Those that arrive in the meantime are left: it must end even if they arrive as fast as they are removed.
  const last = await db
    .selectFrom('installations')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst()
  await inSlices(() =>
    db
      .deleteFrom('installations')
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('installations as one')
          .select('one.id')
          .where('one.app', '=', numbered(app))
          .where('one.id', '<=', last?.id ?? 0)
          .limit(installationsPerSlice),
      )
      .executeTakeFirstOrThrow(),
  )
  // Day by day, in storage order.
  for (let day = await firstDay(db, -1); day !== undefined; day = await firstDay(db, day)) {
    const ofDay = day
    await removeEnrolments(db, (old) => old.where('day', '=', ofDay).where('app', '=', numbered(app)))
  }
}

/** The first day after the given one on which an enrolment was counted. */
async function firstDay(db: Database, after: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('anchor_enrolments')
    .select('day')
    .where('day', '>', after)
    .orderBy('day')
    .limit(1)
    .executeTakeFirst()
  return row?.day
}

async function prune(db: Database, before: number, now: number, signal?: AbortSignal): Promise<void> {
  await inSlices(
    () =>
      db
        .deleteFrom('installations')
        .where('id', 'in', ({ selectFrom }) =>
          selectFrom('installations as old')
            .select('old.id')
            .where('old.seen_on', '<', dayOf(before))
            .orderBy('old.seen_on')
            .limit(installationsPerSlice),
        )
        .executeTakeFirstOrThrow(),
    signal,
  )
  await removeEnrolments(db, (old) => old.where('day', '<', dayOf(now) - enrolmentsKept), signal)
  await db
    .deleteFrom('vendor_calls')
    .where('day', '<', dayOf(now) - 1)
    .execute()
}

type EnrolmentQuery = SelectQueryBuilder<Tables, 'anchor_enrolments', object>

/** Removes those that `which` selects, a few at a time. */
async function removeEnrolments(
  db: Database,
  which: (all: EnrolmentQuery) => EnrolmentQuery,
  signal?: AbortSignal,
): Promise<void> {
  await inSlices(
    () =>
      db
        .deleteFrom('anchor_enrolments')
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('day', 'app', 'anchor', 'kind', 'thumbprint'),
            'in',
            which(selectFrom('anchor_enrolments'))
              .select(['day', 'app', 'anchor', 'kind', 'thumbprint'])
              .orderBy('day')
              .limit(enrolmentsPerSlice)
              .$asTuple('day', 'app', 'anchor', 'kind', 'thumbprint'),
          ),
        )
        .executeTakeFirstOrThrow(),
    signal,
  )
}
