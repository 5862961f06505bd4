import { installationBanKinds } from '@assay/protocol'
import { sql } from 'kysely'
import type {
  BannedInstallation,
  BannedName,
  BanRange,
  BanSlice,
  RetiredBuild,
  StatusStore,
} from '../../operations/ports.ts'
import { fromDigest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { dayOf } from './enrolments.ts'

export function createStatusRepository({ db }: { db: Database }): StatusStore {
  return {
    retiredSince: (apps: readonly string[], since: number) => retiredSince(db, apps, since),
    banSlices: (range, length) => banSlices(db, range, length),
    banned: (apps, range) => banned(db, apps, range),
    bannedNames: (apps, audience, range) => bannedNames(db, apps, audience, range),
  }
}

async function retiredSince(db: Database, apps: readonly string[], since: number): Promise<RetiredBuild[]> {
  if (apps.length === 0) return []
  const rows = await db
    .selectFrom('builds')
    .select(['app', 'id'])
    .where('retired_at', '>', since)
    .where('state', '=', 'retired')
    .where('app', 'in', [...apps])
    .orderBy('app')
    .orderBy('id')
    .execute()
  return rows.map(({ app, id }) => ({ app, build: id }))
}

/** A prime: ends are added up by what they leave, so that no sum is beyond what every number type holds. */
const modulus = 1_048_573

/** An end that has passed changes the mark as well. */
async function banSlices(
  db: Database,
  { from, until, now }: Omit<BanRange, 'reach'>,
  length: number,
): Promise<BanSlice[]> {
  const rows = await db
    .selectFrom('bans')
    .select(({ fn }) => [
      sql<number>`(created_at / ${sql.lit(length)})`.as('slice'),
      fn.countAll().as('count'),
      sql<number>`sum(created_at % ${sql.lit(modulus)})`.as('begun'),
      sql<number | null>`sum(expires_at % ${sql.lit(modulus)})`.as('ends'),
      sql<number>`count(case when expires_at <= ${now} then 1 end)`.as('ended'),
    ])
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .groupBy(sql`1`)
    .orderBy(sql`1`)
    .execute()
  return rows.map(({ slice, count, begun, ends, ended }) => ({
    slice: Number(slice),
    count: Number(count),
    mark: [count, begun, ends, ended].join(' '),
  }))
}

/** If a newer key of the device has replaced an installation, only the enrolment is left. */
async function banned(db: Database, apps: readonly string[], range: BanRange): Promise<BannedInstallation[]> {
  if (apps.length === 0) return []
  const { from, reach } = range
  // Crossed, in this order: the bans of a range are few, and SQLite does not know it.
  const bans = bansWithin(db, apps, range)
    .crossJoin('app_numbers')
    .whereRef('app_numbers.app', '=', 'recent.app')
  const alive = bans
    .crossJoin('installations')
    .whereRef('installations.app', '=', 'app_numbers.number')
    .whereRef('installations.vouching_key', '=', 'recent.vouching_key')
    .whereRef('installations.vouching_key_kind', '=', 'recent.kind')
    .where('installations.seen_on', '>=', dayOf(from - reach))
    .select(['recent.app', 'installations.thumbprint', 'recent.created_at as since'])
  const enrolled = bans
    .crossJoin('enrolments')
    .whereRef('enrolments.app', '=', 'app_numbers.number')
    .whereRef('enrolments.vouching_key', '=', 'recent.vouching_key')
    .whereRef('enrolments.kind', '=', 'recent.kind')
    // One by one: each is the prefix of a key.
    .where('enrolments.day', 'in', days(from - reach, from + reach))
    .select(['recent.app', 'enrolments.thumbprint', 'recent.created_at as since'])
  const byKey = bansWithin(db, apps, range)
    .select(['recent.app', 'recent.vouching_key as thumbprint', 'recent.created_at as since'])
    .where('recent.kind', '=', installationBanKinds.key)
  const rows = await db
    .selectFrom(alive.union(enrolled).union(byKey).as('named'))
    .select(['app', 'thumbprint', 'since'])
    .orderBy('app')
    .orderBy('thumbprint')
    .orderBy('since')
    .execute()
  return rows.map(({ app, thumbprint, since }) => ({ app, thumbprint: fromDigest(thumbprint), since }))
}

async function bannedNames(
  db: Database,
  apps: readonly string[],
  audience: string,
  range: BanRange,
): Promise<BannedName[]> {
  if (apps.length === 0) return []
  const rows = await bansWithin(db, apps, range)
    .select(['recent.app', 'recent.vouching_key', 'recent.created_at as since'])
    .where('recent.kind', '=', installationBanKinds.name)
    .where('recent.audience', '=', audience)
    .execute()
  return rows.map(({ app, vouching_key, since }) => ({ app, name: fromDigest(vouching_key), since }))
}

/** Found by their time alone: by their app, which has an index too, all that it has would be read each time. */
function bansWithin(db: Database, apps: readonly string[], { from, until, now }: Omit<BanRange, 'reach'>) {
  const recent = db
    .selectFrom('bans')
    .select(['app', 'kind', 'vouching_key', 'audience', 'created_at', 'expires_at'])
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .limit(mostBans)
    .as('recent')
  return db
    .selectFrom(recent)
    .where(({ or, eb }) => or([eb('recent.expires_at', 'is', null), eb('recent.expires_at', '>', now)]))
    .where('recent.app', 'in', [...apps])
}

/** More than there can be: with a limit, no database looks into the bans by anything but their time. */
const mostBans = 2 ** 31 - 1

/** Days since 1970, from that of one time to the day after that of another: the clocks of processes differ. */
function days(from: number, to: number): number[] {
  const first = dayOf(from)
  return Array.from({ length: dayOf(to) + 2 - first }, (_, i) => first + i)
}
