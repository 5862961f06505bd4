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
    banSlices: (from, now, length) => banSlices(db, { from, now, length }),
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
  { from, now, length }: { from: number; now: number; length: number },
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
  const bans = bansWithin(db, apps, range)
  const alive = bans
    .innerJoin('app_numbers', 'app_numbers.app', 'bans.app')
    .innerJoin('installations', (join) =>
      join
        .onRef('installations.app', '=', 'app_numbers.number')
        .onRef('installations.vouching_key', '=', 'bans.vouching_key')
        .onRef('installations.vouching_key_kind', '=', 'bans.kind'),
    )
    .select(['bans.app', 'installations.thumbprint', 'bans.created_at as since'])
    .where('installations.seen_on', '>=', dayOf(from - reach))
  const enrolled = bans
    .innerJoin('app_numbers', 'app_numbers.app', 'bans.app')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.app', '=', 'app_numbers.number')
        .onRef('enrolments.vouching_key', '=', 'bans.vouching_key')
        .onRef('enrolments.kind', '=', 'bans.kind'),
    )
    .select(['bans.app', 'enrolments.thumbprint', 'bans.created_at as since'])
    // One by one: each is the prefix of a key.
    .where('enrolments.day', 'in', days(from - reach, from + reach))
  const byKey = bans
    .select(['bans.app', 'bans.vouching_key as thumbprint', 'bans.created_at as since'])
    .where('bans.kind', '=', installationBanKinds.key)
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
    .select(['bans.vouching_key', 'bans.created_at as since'])
    .where('bans.kind', '=', installationBanKinds.name)
    .where('bans.audience', '=', audience)
    .execute()
  return rows.map(({ vouching_key, since }) => ({ name: fromDigest(vouching_key), since }))
}

function bansWithin(db: Database, apps: readonly string[], { from, until, now }: Omit<BanRange, 'reach'>) {
  return db
    .selectFrom('bans')
    .where('bans.created_at', '>=', from)
    .where('bans.created_at', '<', until)
    .where(({ or, eb }) => or([eb('bans.expires_at', 'is', null), eb('bans.expires_at', '>', now)]))
    .where('bans.app', 'in', [...apps])
}

/** Days since 1970, from that of one time to the day after that of another: the clocks of processes differ. */
function days(from: number, to: number): number[] {
  const first = dayOf(from)
  return Array.from({ length: dayOf(to) + 2 - first }, (_, i) => first + i)
}
