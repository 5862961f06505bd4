import { installationBanKinds } from '@assay/protocol'
import type { BanRange, InstallationName, RetiredBuild, StatusStore } from '../../operations/ports.ts'
import { fromDigest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { dayOf } from './enrolments.ts'

export function createStatusRepository({ db }: { db: Database }): StatusStore {
  return {
    retiredSince: (apps: readonly string[], since: number) => retiredSince(db, apps, since),
    bannedSince: (apps, range) => bannedSince(db, apps, range),
    namesBannedSince: (apps, audience, range) => namesBannedSince(db, apps, audience, range),
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

/** If a newer key of the device has replaced an installation, only the enrolment is left. */
async function bannedSince(
  db: Database,
  apps: readonly string[],
  { since, now, reach }: BanRange,
): Promise<InstallationName[]> {
  if (apps.length === 0) return []
  const banned = bannedWithin(db, apps, { since, now })
  const alive = banned
    .innerJoin('app_numbers', 'app_numbers.app', 'bans.app')
    .innerJoin('installations', (join) =>
      join
        .onRef('installations.app', '=', 'app_numbers.number')
        .onRef('installations.vouching_key', '=', 'bans.vouching_key')
        .onRef('installations.vouching_key_kind', '=', 'bans.kind'),
    )
    .select(['bans.app', 'installations.thumbprint'])
    .where('installations.seen_on', '>=', dayOf(since - reach))
  const enrolled = banned
    .innerJoin('app_numbers', 'app_numbers.app', 'bans.app')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.app', '=', 'app_numbers.number')
        .onRef('enrolments.vouching_key', '=', 'bans.vouching_key')
        .onRef('enrolments.kind', '=', 'bans.kind'),
    )
    .select(['bans.app', 'enrolments.thumbprint'])
    // One by one: each is the prefix of a key.
    .where('enrolments.day', 'in', days(since - reach, since + reach))
  const byKey = banned
    .select(['bans.app', 'bans.vouching_key as thumbprint'])
    .where('bans.kind', '=', installationBanKinds.key)
  const rows = await db
    .selectFrom(alive.union(enrolled).union(byKey).as('named'))
    .select(['app', 'thumbprint'])
    .orderBy('app')
    .orderBy('thumbprint')
    .execute()
  return rows.map(({ app, thumbprint }) => ({ app, thumbprint: fromDigest(thumbprint) }))
}

async function namesBannedSince(
  db: Database,
  apps: readonly string[],
  audience: string,
  range: BanRange,
): Promise<string[]> {
  if (apps.length === 0) return []
  const rows = await bannedWithin(db, apps, range)
    .select('bans.vouching_key')
    .where('bans.kind', '=', installationBanKinds.name)
    .where('bans.audience', '=', audience)
    .execute()
  return rows.map(({ vouching_key }) => fromDigest(vouching_key))
}

function bannedWithin(db: Database, apps: readonly string[], { since, now }: Omit<BanRange, 'reach'>) {
  return db
    .selectFrom('bans')
    .where('bans.created_at', '>', since)
    .where(({ or, eb }) => or([eb('bans.expires_at', 'is', null), eb('bans.expires_at', '>', now)]))
    .where('bans.app', 'in', [...apps])
}

/** Days since 1970, from that of one time to the day after that of another: the clocks of processes differ. */
function days(from: number, to: number): number[] {
  const first = dayOf(from)
  return Array.from({ length: dayOf(to) + 2 - first }, (_, i) => first + i)
}
