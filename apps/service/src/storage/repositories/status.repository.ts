import type { InstallationName, RetiredBuild, StatusStore } from '../../operations/ports.ts'
import type { Database } from '../tables.ts'

const dayLength = 86_400_000

export function createStatusRepository({ db }: { db: Database }): StatusStore {
  return {
    retiredSince: (apps: readonly string[], since: number) => retiredSince(db, apps, since),
    bannedSince: (apps: readonly string[], since: number, reach: number) =>
      bannedSince(db, apps, since, reach),
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

/** Of those that a newer key of their device has replaced, only the enrolment is left. */
async function bannedSince(
  db: Database,
  apps: readonly string[],
  since: number,
  reach: number,
): Promise<InstallationName[]> {
  if (apps.length === 0) return []
  const banned = db
    .selectFrom('anchor_bans')
    .where('anchor_bans.created_at', '>', since)
    .where('anchor_bans.app', 'in', [...apps])
  const alive = banned
    .innerJoin('installations', (join) =>
      join
        .onRef('installations.app', '=', 'anchor_bans.app')
        .onRef('installations.anchor_kind', '=', 'anchor_bans.kind')
        .onRef('installations.anchor', '=', 'anchor_bans.anchor'),
    )
    .select(['installations.app', 'installations.thumbprint'])
    .where('installations.seen_at', '>', since - reach)
  const enrolled = banned
    .innerJoin('anchor_enrolments', (join) =>
      join
        .onRef('anchor_enrolments.app', '=', 'anchor_bans.app')
        .onRef('anchor_enrolments.kind', '=', 'anchor_bans.kind')
        .onRef('anchor_enrolments.anchor', '=', 'anchor_bans.anchor'),
    )
    .select(['anchor_enrolments.app', 'anchor_enrolments.thumbprint'])
    .where('anchor_enrolments.day', '>=', Math.floor((since - reach) / dayLength))
  return db
    .selectFrom(alive.union(enrolled).as('named'))
    .select(['app', 'thumbprint'])
    .orderBy('app')
    .orderBy('thumbprint')
    .execute()
}
