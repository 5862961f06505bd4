import { sql } from 'kysely'
import type { VouchingKeyId } from '../../attestation/model/installation.ts'
import { saidDeviceOf } from '../../attestation/model/said-device.ts'
import type {
  ForgetOrder,
  ForgottenRows,
  InstallationTrace,
  KnownInstallation,
  KnownInstallationStore,
  SaidOfInstallation,
} from '../../provisioning/installations/ports.ts'
import { sampleDays } from '../../provisioning/dry-run/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson } from '../database/columns.ts'
import { fromDigest, toDigest, type Digest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { dayOf, numbered } from './enrolments.ts'
import { inSlices } from './in-slices.ts'
import { listed, toListedTrace, tracesPerSlice } from './traces.repository.ts'

const dayLength = 86_400_000

/** Installations by every name that an operator may have of them. */
export function createKnownInstallationRepository({ db }: { db: Database }): KnownInstallationStore {
  return {
    keysNamed: (app: string, name: number) => keysNamed(db, app, name),
    keysOfReference: (app: string, reference: Uint8Array, since: number, most: number) =>
      keysOfReference(db, { app, reference: Buffer.from(reference), since, most }),
    known: async (app: string, keys: readonly string[]) => {
      const found = await Promise.all(keys.map((key) => known(db, app, key)))
      return found.flatMap((one) => one ?? [])
    },
    list: (app: string, page: Page) => list(db, app, page),
    said: (app: string, key: string, since: number) => said(db, app, key, since),
    vouchedBy: (app: string, vouchingKey: VouchingKeyId, except: string, most: number) =>
      vouchedBy(db, { app, vouchingKey, except, most }),
    traces: (app: string, key: string, most: number) => tracesOf(db, app, key, most),
    refusals: (app: string, key: string, most: number) => refusalsOf(db, app, key, most),
    buildsTraced: (app: string, key: string, most: number) => buildsTraced(db, app, key, most),
    forgetTraces: (app: string, key: string) => forgetTraces(db, app, key),
    forget: (order: ForgetOrder) => forget(db, order),
  }
}

async function keysNamed(db: Database, app: string, name: number): Promise<string[]> {
  const remembered = await db
    .selectFrom('installation_names')
    .innerJoin('installations', 'id', 'installation')
    .select('thumbprint')
    .where('name', '=', name)
    .where('app', '=', numbered(app))
    .execute()
  const traced = await db
    .selectFrom('trace_names')
    // Crossed, in this order: SQLite would go through all traces of the app.
    .crossJoin('attestation_traces as of')
    .whereRef('of.trace', '=', 'trace_names.trace')
    .select('thumbprint')
    .distinct()
    .where('name', '=', name)
    .where('app', '=', app)
    .where('thumbprint', 'is not', null)
    .execute()
  return distinct([...remembered, ...traced])
}

interface ReferenceQuery {
  app: string
  reference: Buffer
  since: number
  most: number
}

async function keysOfReference(
  db: Database,
  { app, reference, since, most }: ReferenceQuery,
): Promise<string[]> {
  const remembered = await db
    .selectFrom('installation_references')
    // Crossed, in this order: SQLite would go through all installations of the app.
    .crossJoin('installations')
    .whereRef('installations.id', '=', 'installation_references.installation')
    .select(['thumbprint', 'said_on'])
    .where('reference', '=', reference)
    .where('said_on', '>=', dayOf(since))
    .where('app', '=', numbered(app))
    .orderBy('said_on', 'desc')
    .limit(most)
    .execute()
  const traced = await db
    .selectFrom('attestation_traces')
    .select(({ fn }) => ['thumbprint', fn.max('happened_at').as('at')])
    .where('reference', '=', reference)
    .where('app', '=', app)
    .where('happened_at', '>=', since)
    .where('thumbprint', 'is not', null)
    .groupBy('thumbprint')
    .orderBy('at', 'desc')
    .limit(most)
    .execute()
  const newestFirst = [
    ...remembered.map(({ thumbprint, said_on: day }) => ({ thumbprint, at: day * dayLength })),
    ...traced.map(({ thumbprint, at }) => ({ thumbprint, at: Number(at) })),
  ].sort((a, b) => b.at - a.at)
  return distinct(newestFirst).slice(0, most)
}

function distinct(rows: readonly { thumbprint: Digest | null }[]): string[] {
  return [...new Set(rows.flatMap(({ thumbprint }) => (thumbprint === null ? [] : fromDigest(thumbprint))))]
}

async function known(db: Database, app: string, key: string): Promise<KnownInstallation | undefined> {
  const row = await db
    .selectFrom('installations')
    .select(['created_at', 'seen_on'])
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(key))
    .executeTakeFirst()
  const traced = await db
    .selectFrom('attestation_traces')
    .select(({ fn }) => [fn.min('happened_at').as('first'), fn.max('happened_at').as('last')])
    .where('thumbprint', '=', toDigest(key))
    .where('app', '=', app)
    .executeTakeFirstOrThrow()
  if (row !== undefined) {
    const seen = remembered({ ...row, thumbprint: toDigest(key) })
    return {
      ...seen,
      firstSeen: Math.min(seen.firstSeen, traced.first ?? Infinity),
      lastSeen: Math.max(seen.lastSeen, traced.last ?? 0),
    }
  }
  const { first, last } = traced as { first: number | null; last: number | null }
  if (first === null || last === null) return undefined
  return { key, isRemembered: false, firstSeen: first, lastSeen: last }
}

/** The day on which it was last seen is all that is kept. */
function remembered(row: { thumbprint: Digest; created_at: number; seen_on: number }): KnownInstallation {
  return {
    key: fromDigest(row.thumbprint),
    isRemembered: true,
    firstSeen: row.created_at,
    lastSeen: Math.max(row.created_at, row.seen_on * dayLength),
  }
}

async function list(db: Database, app: string, { after, limit }: Page): Promise<KnownInstallation[]> {
  const rows = await db
    .selectFrom('installations')
    .select(['thumbprint', 'created_at', 'seen_on'])
    .where('app', '=', numbered(app))
    .where('thumbprint', '>', after === undefined ? (Buffer.alloc(0) as Digest) : toDigest(after))
    .orderBy('thumbprint')
    .limit(limit)
    .execute()
  return rows.map(remembered)
}

async function said(
  db: Database,
  app: string,
  key: string,
  since: number,
): Promise<SaidOfInstallation | undefined> {
  const row = await db
    .selectFrom('installations')
    .innerJoin('installation_evidence as kept', 'kept.installation', 'id')
    .leftJoin('installation_references as called', 'called.installation', 'id')
    .select(['said_device', 'said_on'])
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(key))
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { said_device: device, said_on: day } = row
  const isShown = day !== null && day >= dayOf(since)
  return { device: saidDeviceOf(device), referenceAt: isShown ? day * dayLength : null }
}

interface SiblingQuery {
  app: string
  vouchingKey: VouchingKeyId
  except: string
  most: number
}

async function vouchedBy(
  db: Database,
  { app, vouchingKey, except, most }: SiblingQuery,
): Promise<KnownInstallation[]> {
  const rows = await db
    .selectFrom('installations')
    .select(['thumbprint', 'created_at', 'seen_on'])
    .where('app', '=', numbered(app))
    .where('vouching_key', '=', toDigest(vouchingKey.id))
    .where('vouching_key_kind', '=', vouchingKey.kind)
    .where('thumbprint', '!=', toDigest(except))
    .orderBy('seen_on', 'desc')
    .limit(most)
    .execute()
  return rows.map(remembered).sort((a, b) => b.lastSeen - a.lastSeen)
}

async function tracesOf(db: Database, app: string, key: string, most: number): Promise<InstallationTrace[]> {
  const rows = await db
    .selectFrom('attestation_traces')
    .select([...listed, 'device', 'refused'])
    .where('thumbprint', '=', toDigest(key))
    .where('app', '=', app)
    .orderBy('happened_at', 'desc')
    .limit(most)
    .execute()
  return rows.map(({ device, refused, ...row }) => ({
    ...toListedTrace(row),
    device: device === null ? null : fromJson(device),
    refused: refused === null ? [] : fromJson(refused),
  }))
}

async function refusalsOf(db: Database, app: string, key: string, most: number) {
  const day = sql<number>`(happened_at / ${sql.lit(dayLength)})`
  const rows = await db
    .selectFrom('attestation_traces')
    .select(({ fn }) => [day.as('day'), 'outcome', 'code', fn.countAll<number>().as('times')])
    .where('thumbprint', '=', toDigest(key))
    .where('app', '=', app)
    .groupBy([day, 'outcome', 'code'])
    .orderBy(day, 'desc')
    .orderBy('code')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    ...row,
    day: new Date(Number(row.day) * dayLength).toISOString().slice(0, 10),
    times: Number(row.times),
  }))
}

async function buildsTraced(db: Database, app: string, key: string, most: number): Promise<string[]> {
  // By a text of its own: SQLite would go through all traces of the app, in order of build.
  const build = sql<string>`(build || '')`
  const rows = await db
    .selectFrom('attestation_traces')
    .select(build.as('build'))
    .distinct()
    .where('thumbprint', '=', toDigest(key))
    .where('app', '=', app)
    .orderBy(build)
    .limit(most)
    .execute()
  return rows.map(({ build }) => build)
}

/** Those that arrive in the meantime are left: it must end even if they arrive as fast as they are removed. */
async function forgetTraces(db: Database, app: string, key: string): Promise<number> {
  const newest = await db
    .selectFrom('attestation_traces')
    .select(({ fn }) => fn.max('happened_at').as('at'))
    .where('thumbprint', '=', toDigest(key))
    .where('app', '=', app)
    .executeTakeFirst()
  const last = newest?.at ?? 0
  return inSlices(() =>
    db
      .deleteFrom('attestation_traces')
      .where('trace', 'in', ({ selectFrom }) =>
        selectFrom('attestation_traces as one')
          .select('one.trace')
          .where('one.thumbprint', '=', toDigest(key))
          .where('one.app', '=', app)
          .where('one.happened_at', '<=', last)
          .limit(tracesPerSlice),
      )
      .executeTakeFirstOrThrow(),
  )
}

async function forget(db: Database, { app, key, rank, now }: ForgetOrder): Promise<ForgottenRows> {
  const row = await db
    .selectFrom('installations')
    .select(['id', 'app as number', 'vouching_key as id_of_key', 'vouching_key_kind as kind'])
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(key))
    .executeTakeFirst()
  let enrolments = 0
  if (row !== undefined) {
    const { number, kind, id_of_key: id } = row
    if (kind !== null && id !== null) {
      const vouching = { number, kind, id, key, app, now }
      await keepForGuards(db, vouching)
      enrolments = await countEnrolmentDays(db, vouching)
    }
    await db.deleteFrom('installations').where('id', '=', row.id).execute()
  }
  const { numDeletedRows: samples } = await db
    .deleteFrom('claim_samples')
    .where('app', '=', app)
    // One by one: the key of the table has the day before the rank.
    .where('day', 'in', daysOfSamples(dayOf(now)))
    .where('rank', '=', rank)
    .executeTakeFirstOrThrow()
  return { installations: row === undefined ? 0 : 1, samples: Number(samples), enrolments }
}

/** Days of which there may be samples; the clock of another node may be ahead. */
function daysOfSamples(today: number): number[] {
  return Array.from({ length: sampleDays + 2 }, (_, index) => today - sampleDays + index)
}

interface VouchingOf {
  /** Of the app. */
  number: number
  app: string
  kind: string
  id: Digest
  key: string
  now: number
}

/**
 * Guards learn of a banned installation by its row, and once that is gone by its enrolment of the last days. Without this,
 * forgetting would give the tokens that it holds back to a banned phone.
 */
async function keepForGuards(db: Database, { number, app, kind, id, key, now }: VouchingOf): Promise<void> {
  const banned = await db
    .selectFrom('bans')
    .select('kind')
    .where('app', '=', app)
    .where('kind', '=', kind)
    .where('vouching_key', '=', id)
    .executeTakeFirst()
  if (banned === undefined) return
  await db
    .insertInto('enrolments')
    .values({ day: dayOf(now), app: number, vouching_key: id, kind, thumbprint: toDigest(key) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function countEnrolmentDays(db: Database, { number, kind, id, now }: VouchingOf): Promise<number> {
  const today = dayOf(now)
  const { count } = await db
    .selectFrom('enrolments')
    .select(({ fn }) => fn.count<number>('day').distinct().as('count'))
    // One by one: each is the prefix of a key.
    .where('day', 'in', [today - 3, today - 2, today - 1, today])
    .where('app', '=', number)
    .where('vouching_key', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  return Number(count)
}
