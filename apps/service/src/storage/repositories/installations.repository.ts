import { toDigest, type Digest } from '../database/digest-column.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import type { EvidencePacking } from '../database/evidence-packing.ts'
import type { Database } from '../database/tables.ts'
import { countEnrolments, dayOf, enrolIn, numbered } from './enrolments.ts'
import { forgetOf, prune } from './forgetting.ts'
import { dueInquiries, learn, takeInquiry } from './inquiries-due.ts'
import { namesOfIt, toInstallation, toVouched } from './installation-rows.ts'
import { recallIn, takeBack } from './recollections.ts'
import { takeVendorCall, type VendorCall } from './vendor-calls.ts'
import type {
  EarlyRefreshment,
  Installation,
  Kept,
  Refreshment,
  VouchingKeyId,
} from '../../attestation/model/installation.ts'
import type { InquiryDue, InquiryLearned, InquiryLook, InquiryStore } from '../../attestation/inquiries.ts'
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
  packing: EvidencePacking,
): InstallationRepository {
  const { db } = database
  return {
    find: (app: string, thumbprint: string) => findInstallation(db, packing, app, thumbprint),
    countEnrolments: (app: string, vouchingKey: VouchingKeyId, thumbprint: string, now: number) =>
      countEnrolments(db, app, vouchingKey, thumbprint, dayOf(now)),
    named: (app: string, name: number) => named(db, app, name),
    remembered: (app, sinceDay, after, limit) =>
      rememberedSince(db, packing, { app, sinceDay, after, limit }),
    enrol: enrolIn(database, packing),
    recall: recallIn(database, packing),
    takeBack: (refreshment: EarlyRefreshment, before: Installation) => takeBack(db, refreshment, before),
    refresh: (refreshment: Refreshment, now: number) => refresh(db, packing, refreshment, now),
    takeVendorCall: (call: VendorCall, now: number) => takeVendorCall(db, call, dayOf(now)),
    due: (now: number, look: InquiryLook) => dueInquiries(db, packing, now, look),
    take: (due: InquiryDue, until: number) => takeInquiry(db, due, until),
    learn: (inquiry: InquiryDue, learned: InquiryLearned) => learn(db, packing, inquiry, learned),
    prune: (...how) => prune(db, ...how),
    forgetOf: (app: string) => forgetOf(db, app),
  }
}

async function findInstallation(
  db: Database,
  packing: EvidencePacking,
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
  return row === undefined ? undefined : toInstallation(app, row, packing)
}

interface Seen {
  app: string
  sinceDay: number
  after: string | undefined
  limit: number
}

async function rememberedSince(
  db: Database,
  packing: EvidencePacking,
  { app, sinceDay, after, limit }: Seen,
): Promise<Installation[]> {
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
  return Promise.all(rows.map((row) => toInstallation(app, row, packing)))
}

async function named(db: Database, app: string, name: number): Promise<VouchedInstallation[]> {
  const rows = await db
    .selectFrom('installation_names')
    .innerJoin('installations', 'id', 'installation')
    .select(['thumbprint', 'vouching_key_kind', 'vouching_key'])
    .where('name', '=', name)
    .where('app', '=', numbered(app))
    .execute()
  return rows.flatMap(toVouched)
}

async function refresh(
  db: Database,
  packing: EvidencePacking,
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
  const known = await findInstallation(db, packing, app, thumbprint)
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
